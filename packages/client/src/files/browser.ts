import { errors } from "../errors.ts";

/** A page opens no paths: always throws `client/no-paths-here`. */
export async function readPath(path: string): Promise<{ name: string; blob: Blob }> {
  throw errors["no-paths-here"]({ path });
}
