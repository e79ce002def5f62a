import type { FoveaClient } from "@foveajs/client";
import { FoveaError } from "@foveajs/errors";
import { encodePng, readModelCard, type TrainingEvent } from "@foveajs/vision";
import { errors } from "../errors.ts";
import { readKey } from "../server/key.ts";
import { askHeldOut } from "./held-out.ts";
import { withEvent } from "./progress.ts";
import type { Place, Run, Trained } from "./run.ts";
import { readBytes, readNote, readPixels, writeBytes, writeNote } from "./store.ts";

/** Where the page keeps what a training on the server has given. */
const MODEL = "server-model";
const HELD_OUT = "server-held-out";
/** A server with a limit of requests a minute lets go on after a minute at most. */
const RETRY = { times: 20, maxWaitMs: 61_000 };

const connected = async (): Promise<FoveaClient> => {
  const { createClient } = await import("@foveajs/client");
  return createClient({
    baseUrl: new URL(".", document.baseURI).href.replace(/\/$/, ""),
    key: readKey(),
    retry: RETRY,
  });
};

/**
 * Sends the pictures to the server and trains there, as a job that goes on while no page is open. The pictures are deleted there when it
 * has ended. Stopping cancels the job for good.
 */
export const trainOnServer: Place = async ({ run, start, signal, onProgress, onKeep }) => {
  const kept = run.status === "done" ? await readKept() : undefined;
  if (kept) return kept;
  const client = await connected();
  let remote = start === "resume" ? run.remote : undefined;
  try {
    if (!remote?.job) {
      // an upload that was interrupted is begun again
      if (run.remote) await removed(client, run.remote);
      onProgress((progress) => ({ ...progress, phase: "sending", sent: 0 }));
      const { id: dataset } = await client.createDataset(run.name, { signal });
      remote = { dataset };
      onKeep(remote);
      await send(client, dataset, run.classes, {
        signal,
        onSent: (sent) => onProgress((progress) => ({ ...progress, sent })),
      });
      const { name, minutes, flip } = run;
      const wish = { pictures: dataset, name, minutes, ...(flip === undefined ? {} : { flip }) };
      const { id: job } = await client.train(wish, { signal });
      remote = { dataset, job };
      onKeep(remote);
    }
    onProgress((progress) => ({ ...progress, phase: progress.steps > 0 ? "learning" : "looking" }));
    const job = remote.job!;
    for await (const { data } of client.trainEvents(job, { signal })) {
      if (data.type === "end" && data.state !== "done") throw endOf(data.error);
      if (data.type !== "end" && data.type !== "report")
        onProgress((progress) => withEvent(progress, data as TrainingEvent));
    }
    const trained = await result(await client.jobModel(job, { signal }), run.classes);
    await client.deleteDataset(remote.dataset).catch(() => {});
    return trained;
  } catch (error) {
    // where the connection alone is lost, the job goes on
    if (remote && (signal.aborted || !isConnectionLost(error))) await removed(client, remote);
    throw error;
  }
};

/** Whether the server is out of reach, so that nobody knows how the job stands. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof FoveaError && (error.code === "client/unreachable" || error.code === "client/events-lost");

/** What a job that did not end well says. */
const endOf = (error: { readonly code: string; readonly message: string; readonly help: string } | null): FoveaError =>
  error ? new FoveaError({ ...error, kind: "conflict" }) : errors["job-cancelled"]({ place: location.host });

async function send(
  client: FoveaClient,
  dataset: string,
  classes: Run["classes"],
  { signal, onSent }: { signal: AbortSignal; onSent: (share: number) => void },
): Promise<void> {
  const total = classes.reduce((sum, { pictures }) => sum + pictures.length, 0);
  let done = 0;
  for (const { name, pictures } of classes) {
    for (const { id, name: file } of pictures) {
      const image = await readPixels(id);
      if (!image) throw errors["picture-lost"]({ name: file });
      // without loss, so that the model's list of pictures knows them again
      await client.putPicture(dataset, name, { name: `${id}.png`, bytes: await encodePng(image) }, { signal });
      done++;
      onSent(done / total);
    }
  }
}

/** Cancels what runs on the server and deletes the pictures there, as far as it still can. */
async function removed(client: FoveaClient, { dataset, job }: NonNullable<Run["remote"]>): Promise<void> {
  if (job) await client.cancelJob(job).catch(() => {});
  await client.deleteDataset(dataset).catch(() => {});
}

/** The model with what it says of held-out pictures, kept in the page. */
async function result(bytes: Uint8Array, classes: Run["classes"]): Promise<Trained> {
  const card = readModelCard(bytes, "the model");
  const heldOut = await askHeldOut(bytes, inOrderOf(card, classes), readPixels);
  await writeBytes(MODEL, bytes);
  await writeNote(HELD_OUT, JSON.stringify(heldOut));
  return { bytes, card, heldOut };
}

async function readKept(): Promise<Trained | undefined> {
  const bytes = await readBytes(MODEL);
  const heldOut = await readNote(HELD_OUT);
  return bytes && heldOut
    ? { bytes, card: readModelCard(bytes, "the model"), heldOut: JSON.parse(heldOut) }
    : undefined;
}

/** Classes in the order of a model's outputs: readers of folders sort them. */
export function inOrderOf({ tasks: [task] }: Pick<Trained["card"], "tasks">, classes: Run["classes"]): Run["classes"] {
  const labels = task?.kind === "classification" ? task.labels : [];
  return classes.toSorted((a, b) => labels.indexOf(a.name) - labels.indexOf(b.name));
}
