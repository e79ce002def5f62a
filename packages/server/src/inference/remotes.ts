import type { Context, ModelStore } from "@foveajs/operations";
import { z } from "zod";
import { type Config, placeSchema, type Remote } from "../config/config.ts";
import { errors } from "../errors.ts";

/** Servers that run models: those of models by name, and those that cards may name. */
export type RemoteSettings = Pick<Config, "remotes" | "card_remotes">;

const cardSchema = z.object({ remote: placeSchema.optional() });

/** Where a model runs, and by whose word; undefined: here. */
export type FindRemote = (name: string) => Promise<Remote | undefined>;

/**
 * The settings come first, then the model's card. A card only names a server: whether what people send may go there is for
 * the settings to say, since a file from anywhere could name any. One that may not be asked throws `server/remote-refused`.
 */
export function createRemotes(
  { remotes, card_remotes }: RemoteSettings,
  { models, readCard }: { models: ModelStore; readCard: Context["parts"]["readCard"] },
): FindRemote {
  return async (name) => {
    if (Object.hasOwn(remotes, name)) return remotes[name];
    const { path } = await models.find(name);
    // a file of other making has no card, and runs here
    const place = cardSchema.safeParse(await readCard(path).catch(() => undefined)).data?.remote;
    if (place === undefined) return undefined;
    const allowed = Object.keys(card_remotes).find((url) => sameServer(url, place.url));
    if (allowed === undefined) throw errors["remote-refused"]({ name, url: place.url });
    return { ...card_remotes[allowed]!, ...place };
  };
}

/** Whether two addresses are of one server, whatever their endings. */
const sameServer = (one: string, other: string): boolean => addressOf(one) === addressOf(other);

const addressOf = (url: string): string => new URL(url).href.replace(/\/+$/, "");
