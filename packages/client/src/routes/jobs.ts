import { errors } from "../errors.ts";
import { type FollowOptions, followEvents, type JobEvent } from "../events/follow-events.ts";
import type { TrainEvent } from "../events/train-event.ts";
import type { CallOptions, Connection } from "../requests/connect.ts";
import type { JsonOf, RouteOf } from "../requests/route-types.ts";

type Train = RouteOf<"/v1/train", "post">;

/** A training as a job of the server. */
export type Job = JsonOf<RouteOf<"/v1/jobs/{id}", "get">>;

/** A recipe (the text of its YAML), whose data sets are folders of the server, or `pictures`, the id of an uploaded set. */
export type TrainWish = Train["requestBody"]["content"]["application/json"];

/** Routes of trainings. */
export interface JobRoutes {
  /** Starts a training. */
  train(wish: TrainWish, options?: CallOptions): Promise<Job>;
  /** What a training tells, from its start to its end; goes on where it was when the connection breaks. */
  trainEvents(id: string, options?: FollowOptions): AsyncIterable<JobEvent<TrainEvent>>;
  /** The jobs, the oldest first. */
  jobs(options?: CallOptions & { readonly state?: Job["state"] }): Promise<readonly Job[]>;
  /** How a job stands. */
  job(id: string, options?: CallOptions): Promise<Job>;
  /** Stops a job for good. */
  cancelJob(id: string, options?: CallOptions): Promise<Job>;
  /** The model that a job has made: the bytes of the .onnx file. */
  jobModel(id: string, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
}

const endStates: readonly Job["state"][] = ["done", "failed", "cancelled"];

export function jobRoutes({ json, bytes, response }: Connection): JobRoutes {
  const job: JobRoutes["job"] = (id, { signal } = {}) => json("get", "/v1/jobs/{id}", { path: { id }, signal });
  return {
    job,
    train: (wish, { signal } = {}) => json("post", "/v1/train", { json: wish, signal }),
    trainEvents(id, options = {}) {
      const { signal } = options;
      const open = async (after: string | undefined) => {
        const headers: Record<string, string> = after === undefined ? {} : { "last-event-id": after };
        const { body } = await response("get", "/v1/jobs/{id}/events", { path: { id }, headers, signal });
        if (body === null) {
          throw errors["bad-answer"]({ what: `events of job ${id}`, expected: "a stream", received: "no body" });
        }
        return body;
      };
      const isOver = async () => endStates.includes((await job(id, { signal })).state);
      return followEvents<TrainEvent>({ job: id, open, isOver }, options);
    },
    jobs: async ({ signal, ...query } = {}) => (await json("get", "/v1/jobs", { query, signal })).jobs,
    cancelJob: (id, { signal } = {}) => json("post", "/v1/jobs/{id}/cancel", { path: { id }, signal }),
    jobModel: async (id, { signal } = {}) =>
      (await bytes("get", "/v1/jobs/{id}/model", { path: { id }, signal })).bytes,
  };
}
