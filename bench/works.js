import { workA } from "./work-a.js";
import { workB } from "./work-b.js";
import { workVit } from "./work-vit.js";

/** What the engines train, by the name that `--work` takes: picture, batch, optimizer, and the network as data (network.js). */
export const works = { A: workA, B: workB, vit: workVit };
