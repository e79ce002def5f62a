import { errorTable } from "@foveajs/errors";

interface Place {
  readonly where: string;
  readonly expected: string;
  readonly received: string;
}

const badPlace = ({ where, expected, received }: Place) => `${where}: expected ${expected}, received ${received}.`;

/** Errors of the HTTP edge; `routes/status.ts` says which status each has. */
export const errors = errorTable("server", {
  "bad-config": {
    kind: "input",
    message: ({ path, issues }: { path: string; issues: readonly string[] }) => `${path}: ${issues.join("; ")}.`,
    help: () => "docs/server.md lists every setting with its default.",
  },
  "missing-config": {
    kind: "missing",
    message: ({ path }: { path: string }) => `the configuration "${path}" cannot be read.`,
    help: () => "check the path, or leave --config out: every setting has a default.",
  },
  "open-without-key": {
    kind: "conflict",
    message: ({ host }: { host: string }) =>
      `expected an API key before listening on "${host}", which other machines reach, found none.`,
    help: () => "make one with `fovea keys create --scopes all`, or listen on 127.0.0.1.",
  },
  "port-taken": {
    kind: "conflict",
    message: ({ host, port, reason }: { host: string; port: number; reason: string }) =>
      `${host}:${port} could not be listened on (${reason}).`,
    help: () => "choose another with --port; 0 takes any that is free.",
  },
  "unknown-route": {
    kind: "missing",
    message: ({ method, path }: { method: string; path: string }) => `there is nothing at ${method} ${path}.`,
    help: () => "GET /docs lists what there is.",
  },
  "method-not-allowed": {
    kind: "input",
    message: ({ method, allowed }: { method: string; path: string; allowed: readonly string[] }) =>
      `expected ${allowed.join(" or ")}, received ${method}.`,
    help: ({ path }: { path: string }) => `GET /docs says how ${path} is asked.`,
  },
  "bad-request": {
    kind: "input",
    message: badPlace,
    help: () => "GET /docs says what this route takes.",
  },
  "unsupported-media": {
    kind: "input",
    message: ({ expected, received }: { expected: string; received: string }) =>
      `expected a body of ${expected}, received ${received}.`,
    help: () => "name the type of the body in the header Content-Type.",
  },
  "body-too-large": {
    kind: "input",
    message: ({ limitBytes }: { limitBytes: number }) =>
      `expected a body of at most ${limitBytes} bytes, received more.`,
    help: () => "send fewer or smaller pictures, or raise limits.body_bytes in the configuration.",
  },
  "body-cut": {
    kind: "input",
    message: ({ reason }: { reason: string }) => `the body ended before its end (${reason}).`,
    help: () => "send it again.",
  },
  "too-many-files": {
    kind: "input",
    message: ({ limit, received }: { limit: number; received: number }) =>
      `expected at most ${limit} files in a request, received ${received}.`,
    help: () => "send them in several requests, or raise limits.files in the configuration.",
  },
  "too-many-faces": {
    kind: "input",
    message: ({ limit, received, file }: { limit: number; received: number; file: string }) =>
      `${file}: expected at most ${limit} faces in a picture, found ${received}.`,
    help: () => "cut the picture, give a higher threshold, or raise limits.faces in the configuration.",
  },
  "no-file": {
    kind: "input",
    message: ({ where }: { where: string }) => `${where}: expected at least one file, received none.`,
    help: () => "send multipart/form-data with a part `files`, or the bytes of one picture as the body.",
  },
  "key-needed": {
    kind: "input",
    message: ({ reason }: { reason: string }) => `an API key is needed: ${reason}.`,
    help: () => "send it as `Authorization: Bearer KEY`; `fovea keys create` makes one.",
  },
  "scope-needed": {
    kind: "input",
    message: ({ scope, has }: { scope: string; has: readonly string[] }) =>
      `expected a key with the scope "${scope}", this one has ${has.join(", ")}.`,
    help: ({ scope }: { scope: string }) => `make a key that may: fovea keys create --scopes ${scope}.`,
  },
  "unknown-key": {
    kind: "missing",
    message: ({ id }: { id: string }) => `there is no key "${id}".`,
    help: () => "`fovea keys list` shows all.",
  },
  "bad-keys-file": {
    kind: "conflict",
    message: ({ path, reason }: { path: string; reason: string }) => `the keys in "${path}" cannot be read: ${reason}.`,
    help: () => "restore the file, or move it away and make new keys.",
  },
  "first-key": {
    kind: "conflict",
    message: ({ received }: { received: readonly string[] }) =>
      `expected the first key to have the scope "keys" or "all", received ${received.join(", ")}.`,
    help: () => "once it is made every request needs a key: with another one none could be made here any more.",
  },
  "file-busy": {
    kind: "conflict",
    message: ({ path }: { path: string }) => `another process has kept "${path}" from being changed for too long.`,
    help: () => "try again; if no other process runs, remove the file of that name that ends in .lock.",
  },
  "wrong-host": {
    kind: "input",
    message: ({ received }: { received: string }) =>
      `expected a Host header that names this server, received "${received}".`,
    help: () => "ask it by localhost or its address, or name the host under `hosts` in the configuration.",
  },
  "wrong-origin": {
    kind: "input",
    message: ({ received }: { received: string }) => `pages of "${received}" may not ask this server.`,
    help: () => "name the origin under `cors_origins` in the configuration if it shall.",
  },
  "too-many-requests": {
    kind: "conflict",
    message: ({ limit }: { limit: number }) => `expected at most ${limit} requests a minute of one key, received more.`,
    help: () => "wait as long as Retry-After says, or raise limits.requests_per_minute in the configuration.",
  },
  "queue-full": {
    kind: "conflict",
    message: ({ waiting }: { waiting: number }) =>
      `the server has more to do than it takes on: ${waiting} are waiting.`,
    help: () => "wait as long as Retry-After says and ask again; docs/scale.md says how to serve more.",
  },
  "memory-full": {
    kind: "conflict",
    message: ({ limitBytes }: { limitBytes: number }) =>
      `the requests that are being answered hold ${limitBytes} bytes, as much as they may.`,
    help: () => "wait as long as Retry-After says and ask again, or raise limits.memory_bytes in the configuration.",
  },
  stopping: {
    kind: "conflict",
    message: () => "the server is stopping and takes on nothing new.",
    help: () => "ask again: another process, or the next one, will answer.",
  },
  "not-ready": {
    kind: "conflict",
    message: () => "the server is starting: its models are being opened.",
    help: () => "ask again in some seconds.",
  },
  deadline: {
    kind: "conflict",
    message: ({ milliseconds }: { milliseconds: number }) => `no answer was ready after ${milliseconds} ms.`,
    help: () => "send a smaller picture, ask when the server is less busy, or raise inference.deadline_ms.",
  },
  "client-gone": {
    kind: "cancelled",
    message: () => "the client went away before the answer was ready.",
    help: () => "nothing: the work was given up.",
  },
  "worker-lost": {
    kind: "internal",
    message: ({ attempts }: { attempts: number }) =>
      `the thread that computed this ended ${attempts} times before it answered.`,
    help: () => "ask again; if one picture does it every time, report it as a defect.",
  },
  "worker-failed": {
    kind: "internal",
    message: ({ reason }: { reason: string }) => `the inference thread could not start: ${reason}.`,
    help: () => "run `fovea doctor`; it says what is missing on this machine.",
  },
  "purpose-refused": {
    kind: "conflict",
    message: ({ names, purpose }: { names: readonly string[]; purpose: string }) =>
      `${names.join(", ")}: not told by a server whose purpose is "${purpose}".`,
    help: () =>
      "inferring emotions at work and in education is prohibited in the EU (AI Act, Art. 5(1)(f)) but for medical or " +
      "safety reasons: record such a ground under `grounds` in the configuration, or ask for other readings by `only`.",
  },
  "unknown-dataset": {
    kind: "missing",
    message: ({ name, known }: { name: string; known: readonly string[] }) =>
      `there is no data set "${name}"; there are: ${known.join(", ") || "none"}.`,
    help: () => "data sets are the folders within `data_folder` of the configuration.",
  },
  "unknown-pictures": {
    kind: "missing",
    message: ({ id }: { id: string }) => `there is no set of uploaded pictures "${id}".`,
    help: () => "GET /v1/datasets lists all.",
  },
  "bad-name": {
    kind: "input",
    message: badPlace,
    help: () =>
      'classes and files go by names of 1 to 100 characters that every system takes: without / \\ : * ? " < > |, not ' +
      "starting with a dot, not ending with a dot or a space; train, val, valid and test are no classes.",
  },
  "pictures-full": {
    kind: "conflict",
    message: ({ what, limit }: { what: string; limit: number }) => `expected at most ${limit} ${what}, received more.`,
    help: () => "delete what is not needed, or raise the limits under `datasets` in the configuration.",
  },
  "pictures-in-use": {
    kind: "conflict",
    message: ({ id, job }: { id: string; job: string }) =>
      `the pictures "${id}" are those of job ${job}, which goes on.`,
    help: () => "wait for its end, or cancel it first.",
  },
  "few-classes": {
    kind: "conflict",
    message: ({ id, received }: { id: string; received: number }) =>
      `pictures "${id}": expected at least two classes with pictures, received ${received}.`,
    help: () => "send more by PUT /v1/datasets/ID/pictures/CLASS/FILE.",
  },
  "unknown-job": {
    kind: "missing",
    message: ({ id }: { id: string }) => `there is no job "${id}".`,
    help: () => "GET /v1/jobs lists all.",
  },
  "job-state": {
    kind: "conflict",
    message: ({ id, expected, received }: { id: string; expected: string; received: string }) =>
      `job ${id}: expected ${expected}, it is ${received}.`,
    help: () => "GET /v1/jobs/ID says how far a job is.",
  },
  "no-data-folder": {
    kind: "conflict",
    message: () => "this server was told of no data sets.",
    help: () =>
      "name the folder that holds them as `data_folder` in the configuration, or send pictures by POST /v1/datasets.",
  },
  "recipe-path": {
    kind: "input",
    message: ({ folder }: { folder: string }) => `expected the name of a data set's folder, received "${folder}".`,
    help: () => "recipes that are sent to a server name folders within its `data_folder`.",
  },
  "bad-tensor": {
    kind: "input",
    message: badPlace,
    help: ({ where }: Place) => `GET /v2/models/NAME says what the model takes (${where}).`,
  },
  "remote-refused": {
    kind: "conflict",
    message: ({ name, url }: { name: string; url: string }) =>
      `the card of "${name}" names ${url} to run it, which the configuration does not.`,
    help: () => "add that URL under `card_remotes` if pictures may go there, or name another server under `remotes`.",
  },
  "remote-failed": {
    kind: "internal",
    message: ({ url, reason }: { url: string; reason: string }) => `the remote server at ${url} failed: ${reason}.`,
    help: () => "check that it runs and that `remotes` in the configuration names it rightly.",
  },
});
