import { eventsOf, measurers } from "./tiny-run.test.support.ts";

/** A training in a process of its own, for a test that kills it: events on stdout, one a line. */
const [recipe, run, folder, device] = process.argv.slice(2) as [string, string, string, string?];
const { signal } = new AbortController();
await eventsOf(
  { recipe, run, start: "auto", threads: 1, signal, dataFolders: [folder], measurers, ...(device ? { device } : {}) },
  (event) => {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  },
);
