import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { PoolObserver } from "../inference/pool.ts";

/** What is measured of a server, in the form that Prometheus reads. */
export interface Measurements {
  readonly pool: PoolObserver;
  readonly request: (detail: { method: string; route: string; status: number; milliseconds: number }) => void;
  readonly error: (code: string) => void;
  readonly faces: (count: number) => void;
  /** Load is asked for when it is read, so that it is never stale. */
  readonly watch: (load: () => { waiting: number; running: number; jobs: number }) => void;
  readonly text: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counters of one server; each has a registry of its own. */
export function createMeasurements({ processWide = true }: { processWide?: boolean } = {}): Measurements {
  const registry = new Registry();
  const registers = [registry];
  if (processWide) collectDefaultMetrics({ register: registry, prefix: "fovea_" });
  const stage = new Histogram({
    name: "fovea_stage_seconds",
    help: "Time that pictures and tensors spend in each stage: queue, decode, inference, render.",
    labelNames: ["stage"],
    buckets: seconds,
    registers,
  });
  const request = new Histogram({
    name: "fovea_request_seconds",
    help: "Time from a request's headers to the end of its handling.",
    labelNames: ["method", "route", "status"],
    buckets: seconds,
    registers,
  });
  const batch = new Histogram({
    name: "fovea_batch_size",
    help: "Pictures or tensors that were handed to a worker at once.",
    buckets: [1, 2, 4, 8, 16, 32],
    registers,
  });
  const faces = new Counter({ name: "fovea_faces_total", help: "Faces found.", registers });
  const failures = new Counter({
    name: "fovea_errors_total",
    help: "Errors by code.",
    labelNames: ["code"],
    registers,
  });
  const lost = new Counter({
    name: "fovea_workers_lost_total",
    help: "Inference threads that had to be replaced.",
    registers,
  });
  return {
    pool: {
      stages(stages) {
        for (const [name, ms] of Object.entries(stages)) stage.observe({ stage: name }, ms / 1000);
      },
      batch: (size) => batch.observe(size),
      workerLost: () => lost.inc(),
    },
    request: ({ method, route, status, milliseconds }) =>
      request.observe({ method, route, status: String(status) }, milliseconds / 1000),
    error: (code) => failures.inc({ code }),
    faces: (count) => faces.inc(count),
    watch(load) {
      const gauge = (name: string, help: string, value: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(value());
          },
        });
      gauge("fovea_queue_length", "Pictures and tensors that wait for a worker.", () => load().waiting);
      gauge("fovea_running", "Pictures and tensors that workers have.", () => load().running);
      gauge("fovea_jobs_running", "Trainings that run in this process.", () => load().jobs);
    },
    text: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
  };
}
