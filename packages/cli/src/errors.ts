import { errorTable } from "@foveajs/errors";

/** Wrong usage of the command line; each ends with exit code 2. */
export const errors = errorTable("cli", {
  "unknown-verb": {
    kind: "input",
    message: ({ received }: { received: string; nearest: string | undefined }) => `there is no verb "${received}".`,
    help: ({ nearest }: { nearest: string | undefined }) =>
      nearest ? `did you mean "fovea ${nearest}"? "fovea --help" lists all.` : `"fovea --help" lists all verbs.`,
  },
  "unknown-flag": {
    kind: "input",
    message: ({ verb, received }: { verb: string; received: string; nearest: string | undefined }) =>
      `"fovea ${verb}" has no flag ${received}.`,
    help: ({ verb, nearest }: { verb: string; nearest: string | undefined }) =>
      nearest ? `did you mean ${nearest}?` : `"fovea ${verb} --help" lists its flags.`,
  },
  "missing-value": {
    kind: "input",
    message: ({ flag, expected }: { flag: string; expected: string }) =>
      `${flag} expects ${expected}, received nothing.`,
    help: ({ flag }: { flag: string }) => `write ${flag}=VALUE.`,
  },
  "unexpected-value": {
    kind: "input",
    message: ({ flag, received }: { flag: string; received: string }) =>
      `${flag} is a switch and takes no value, received "${received}".`,
    help: ({ flag }: { flag: string }) => `write ${flag} alone, or leave it out.`,
  },
  "bad-value": {
    kind: "input",
    message: ({ flag, expected, received }: { flag: string; expected: string; received: string }) =>
      `${flag} expects ${expected}, received ${received}.`,
    help: ({ verb }: { verb: string }) => `"fovea ${verb} --help" says more.`,
  },
  "missing-argument": {
    kind: "input",
    message: ({ verb, expected }: { verb: string; expected: string }) =>
      `"fovea ${verb}" expects ${expected}, received nothing.`,
    help: ({ verb }: { verb: string }) => `"fovea ${verb} --help" says more.`,
  },
  "extra-argument": {
    kind: "input",
    message: ({ verb, received }: { verb: string; received: string }) =>
      `"fovea ${verb}" does not take the argument "${received}".`,
    help: ({ verb }: { verb: string }) => `"fovea ${verb} --help" says what it takes.`,
  },
  conflict: {
    kind: "input",
    message: ({ verb, problem }: { verb: string; problem: string }) => `"fovea ${verb}": ${problem}.`,
    help: ({ verb }: { verb: string }) => `"fovea ${verb} --help" says more.`,
  },
});
