import { errorTable } from "@foveajs/errors";

/** Errors of the page. */
export const errors = errorTable("console", {
  "file-unreachable": {
    kind: "missing",
    message: ({ url, reason }: { url: string; reason: string }) => `could not fetch ${url}: ${reason}.`,
    help: () => "check that the server of this page still runs, then try again.",
  },
  "engine-lost": {
    kind: "internal",
    message: ({ reason }: { reason: string }) => `the thread that looks at pictures has ended: ${reason}.`,
    help: () =>
      "load the page again; if it ends at the same picture each time, that picture needs more memory than the browser gives.",
  },
  "picture-not-drawn": {
    kind: "internal",
    message: ({ name, reason }: { name: string; reason: string }) =>
      `${name}: the browser could not draw it: ${reason}.`,
    help: () => "close other pages, which may free memory, and try again.",
  },
  "not-copied": {
    kind: "conflict",
    message: ({ reason }: { reason: string }) => `nothing was copied: ${reason}.`,
    help: () => "allow this page to use the clipboard, or download the table instead.",
  },
  "not-kept": {
    kind: "conflict",
    message: ({ reason }: { reason: string }) => `the browser did not keep the examples: ${reason}.`,
    help: () => "free some space on this device, or leave the private window, which keeps nothing.",
  },
  "training-elsewhere": {
    kind: "conflict",
    message: ({ page }: { page: string }) => `another tab of this browser is training on ${page}.`,
    help: () => "go on there, or close it and load this page again.",
  },
  "picture-lost": {
    kind: "missing",
    message: ({ name }: { name: string }) => `the pixels of "${name}" are no longer kept.`,
    help: () => "the browser cleared them; remove the picture and add it again.",
  },
  "no-server": {
    kind: "missing",
    message: () => "the server of this page does not answer.",
    help: () => "see whether it still runs (npm start), then try again.",
  },
  "server-failed": {
    kind: "internal",
    message: ({ status }: { status: number }) => `the server answered with status ${status} and said no more.`,
    help: () => "try again; its log says more.",
  },
  "job-cancelled": {
    kind: "cancelled",
    message: ({ place }: { place: string }) => `the training on ${place} was cancelled there.`,
    help: () => "start it again, or train in the page.",
  },
});
