import { emotionNames } from "../security/purpose.ts";
import type { RouteRequest, Services } from "./route.ts";

/**
 * Which readings are withheld from a request by the purpose of the server: none where the purpose allows all or a ground is
 * recorded, which the audit log then holds. Asking for one by name that is refused throws `server/purpose-refused`.
 */
export async function grantReadings(
  only: readonly string[] | undefined,
  request: Pick<RouteRequest, "id" | "route" | "key">,
  { purpose, audit }: Pick<Services, "purpose" | "audit">,
): Promise<readonly string[]> {
  const asked = only ?? [...emotionNames];
  const entry = { request: request.id, key: request.key?.id ?? null, route: request.route, purpose: purpose.purpose };
  const refused = purpose.refused(asked);
  if (refused.length > 0) await audit({ event: "refused", ...entry, names: refused });
  if (only !== undefined) purpose.check(asked);
  const granted = purpose.granted(asked);
  if (granted) await audit({ event: "granted", ...entry, names: granted.names, ground: granted.ground });
  return refused;
}
