import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { z } from "zod";
import { errors } from "../errors.ts";
import { jobSchema, jobStates } from "../jobs/store.ts";
import { watchJob } from "../jobs/watch.ts";
import { json, type Route, type Services } from "./route.ts";

const jobParams = z.object({ id: z.string().max(100).describe("id of a job") });
/** A job as an answer. */
export const shownJob = { description: "The job.", content: { "application/json": jobSchema } };

/** Lists jobs. */
export const jobsRoute: Route = {
  method: "get",
  path: "/v1/jobs",
  tag: "jobs",
  summary: "List the jobs, the oldest first.",
  scope: "train",
  query: z.strictObject({ state: z.enum(jobStates).optional().describe("only those") }),
  responses: {
    200: { description: "The jobs.", content: { "application/json": z.object({ jobs: z.array(jobSchema) }) } },
  },
  async handle({ query }, { jobs }) {
    const all = await jobs.list();
    return json({ jobs: all.filter(({ state }) => query.state === undefined || query.state === state) });
  },
};

/** Tells how a job stands. */
export const jobRoute: Route = {
  method: "get",
  path: "/v1/jobs/{id}",
  tag: "jobs",
  summary: "Show how a job stands.",
  scope: "train",
  params: jobParams,
  responses: { 200: shownJob },
  handle: async ({ params }, { jobs }) => json(await jobs.find(params.id!)),
};

/** Stops a job for good. */
export const cancelRoute: Route = {
  method: "post",
  path: "/v1/jobs/{id}/cancel",
  tag: "jobs",
  summary: "Stop a job for good; what it has written stays.",
  scope: "train",
  params: jobParams,
  responses: { 202: shownJob },
  async handle({ params }, { jobs, runner }) {
    const { id, state } = await jobs.find(params.id!);
    if (state !== "queued" && state !== "running") {
      throw errors["job-state"]({ id, expected: "a job that is queued or running", received: state });
    }
    const job = await jobs.update(id, { cancelling: true });
    runner.wake();
    return json(job, { status: 202 });
  },
};

/** Streams what a job tells, from its start or from where a client was. */
export const eventsRoute: Route = {
  method: "get",
  path: "/v1/jobs/{id}/events",
  tag: "jobs",
  summary: "Stream the events of a job as server-sent events.",
  description:
    'Each event\'s data is a line of JSON as `fovea train --json` prints it, the last `{"type": "end", "state"}`. ' +
    "`Last-Event-ID` goes on after that event; a browser's EventSource does so by itself.",
  scope: "train",
  params: jobParams,
  responses: { 200: { description: "Events until the job ends.", content: { "text/event-stream": "text" } } },
  async handle(request, { jobs, stopping }) {
    const { id } = await jobs.find(request.params.id!);
    const last = request.header("last-event-id");
    const from = last !== undefined && /^\d{1,15}$/.test(last) ? Number(last) : 0;
    const events = watchJob(jobs, id, { from, signal: AbortSignal.any([request.signal, stopping]) });
    const text = async function* () {
      yield Buffer.from(": events\n\n");
      for await (const event of events)
        yield Buffer.from(event ? `id: ${event.id}\ndata: ${event.text}\n\n` : ": still there\n\n");
    };
    return new Response(Readable.toWeb(Readable.from(text(), { objectMode: false })) as unknown as ReadableStream, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" },
    });
  },
};

/** Hands out the model that a job has made. */
export const jobModelRoute: Route = {
  method: "get",
  path: "/v1/jobs/{id}/model",
  tag: "jobs",
  summary: "Download the model that a job has made.",
  scope: "train",
  params: jobParams,
  responses: { 200: { description: "The .onnx file.", content: { "application/octet-stream": "binary" } } },
  async handle({ params }, { jobs }: Services) {
    const { id, state } = await jobs.find(params.id!);
    const files = state === "done" ? await readdir(jobs.pathOf(id, "run")) : [];
    const model = files.find((file) => file.endsWith(".onnx"));
    if (model === undefined) throw errors["job-state"]({ id, expected: "a job that is done", received: state });
    return new Response(Readable.toWeb(createReadStream(jobs.pathOf(id, "run", model))) as unknown as ReadableStream, {
      headers: {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="${model.replace(/[^\w.-]/g, "_")}"`,
      },
    });
  },
};
