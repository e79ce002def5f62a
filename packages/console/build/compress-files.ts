import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { Plugin } from "vite";

const brotli = promisify(brotliCompress);

/** What text and wasm lose by compression is worth a file beside them; pictures are compressed already. */
const isCompressible = /\.(html|js|mjs|css|svg|json|wasm)$/;
/** Nine tenths of what the slowest setting gains, in a hundredth of its time. */
const QUALITY = 5;
/** From this size on (the runtime) a result is kept for the next build: seconds, against none. */
const KEPT_BYTES = 1_000_000;
const keptFolder = fileURLToPath(new URL("../../../node_modules/.cache/fovea-console/", import.meta.url));

/** Writes `NAME.br` beside each file that gains by it, so that the server compresses nothing while it answers. */
export function compressFiles(): Plugin {
  let folder = "";
  return {
    name: "fovea:compress-files",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      folder = config.build.outDir;
    },
    writeBundle: {
      order: "post",
      sequential: true, // after the others have written
      async handler() {
        await mkdir(keptFolder, { recursive: true });
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        const files = entries.filter((entry) => entry.isFile() && isCompressible.test(entry.name));
        await Promise.all(
          files.map(async (entry) => {
            const file = path.join(entry.parentPath, entry.name);
            const bytes = await readFile(file);
            await writeFile(`${file}.br`, await (bytes.length < KEPT_BYTES ? compress(bytes) : compressOnce(bytes)));
          }),
        );
      },
    },
  };
}

const compress = (bytes: Buffer): Promise<Buffer> =>
  brotli(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });

async function compressOnce(bytes: Buffer): Promise<Buffer> {
  const kept = path.join(keptFolder, `${createHash("sha256").update(bytes).digest("hex")}.br`);
  const found = await readFile(kept).catch(() => undefined);
  if (found) return found;
  const packed = await compress(bytes);
  await writeFile(kept, packed);
  return packed;
}
