import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Root of the repository: dist/node, package, packages, root. */
const root = fileURLToPath(new URL("../../../../", import.meta.url));

/**
 * The commit of this code, 40 hexadecimal digits, with "-dirty" where a tracked file differs from it; null where the
 * code does not stand in its own repository (installed as a package) or git is not there.
 */
export async function readCommit(folder = root): Promise<string | null> {
  try {
    const git = async (...args: string[]) => (await run("git", ["-C", folder, ...args])).stdout.trim();
    // Installed below some other project, git would tell that project's commit.
    if ((await git("rev-parse", "--show-prefix")) !== "") return null;
    return await git("describe", "--always", "--abbrev=40", "--exclude=*", "--dirty");
  } catch {
    return null;
  }
}
