import { spawnSync } from "node:child_process";

/** First Python that has PyTorch: `FOVEA_PYTHON`, then the usual places; undefined where none has. */
export function findTorchPython(environment = process.env) {
  const candidates = [environment.FOVEA_PYTHON, "python3", "/usr/bin/python3"].filter((name) => name !== undefined);
  return candidates.find((python) => spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
}
