/** Languages of the snippets, in the order of their tabs. */
export const snippetLanguages = ["curl", "typescript", "python"] as const;

export type SnippetLanguage = (typeof snippetLanguages)[number];

/** What the snippets do, in the order in which they are shown. */
export const calls = ["analyze", "predict", "infer", "events"] as const;

export type Call = (typeof calls)[number];

export interface SnippetOptions {
  /** Address of the server, without a slash at its end. */
  readonly base: string;
  /** The key to send. `variable`: it is read from FOVEA_KEY; absent: none is sent. */
  readonly key?: { readonly value: string } | "variable";
  /** Path of a JPEG, from where the snippet runs. */
  readonly file: string;
  /** Model that is run on the picture. */
  readonly predictor: string;
  /** Model that is sent a tensor. */
  readonly tensor: TensorModel;
}

/** A model's input, as GET /v2/models/NAME tells it. */
export interface TensorModel {
  readonly name: string;
  readonly input: string;
  /** Extents that may differ are -1. */
  readonly shape: readonly number[];
}

/** Sides of the maps that are sent where the model leaves them open: small, so that the request is. */
const OPEN_SIDE = 64;

/** A shape to send: one sample, open sides small. */
export const shapeToSend = (shape: readonly number[]): readonly number[] =>
  shape.map((extent, axis) => (extent >= 0 ? extent : axis === 0 ? 1 : OPEN_SIDE));

/** A snippet that runs as it stands. */
export const snippetOf = (language: SnippetLanguage, call: Call, options: SnippetOptions): string =>
  snippets[language][call](options);

const snippets: Readonly<Record<SnippetLanguage, Readonly<Record<Call, (options: SnippetOptions) => string>>>> = {
  curl: {
    analyze: (options) => curl(options, "/v1/analyze", [`-F files=@${options.file}`]),
    predict: (options) => curl(options, `/v1/models/${options.predictor}/predict`, [`-F files=@${options.file}`]),
    infer(options) {
      const { name, input } = options.tensor;
      const { shape, count } = sent(options);
      return [
        `# ${count} values of 0.5`,
        `data=$(printf '0.5,%.0s' $(seq ${count - 1}))0.5`,
        `echo '{"inputs": [{"name": "${input}", "shape": [${shape}], "datatype": "FP32", "data": ['$data']}]}' |`,
        curl(options, `/v2/models/${name}/infer`, ['-H "Content-Type: application/json"', "--data-binary @-"]),
      ].join("\n");
    },
    events: (options) =>
      [
        `jobs=$(${curl(options, "/v1/jobs", [])})`,
        `id=$(echo "$jobs" | grep -o '"id":"[^"]*"' | tail -n 1 | cut -d '"' -f 4)`,
        'if [ -z "$id" ]; then echo "no training yet"; exit; fi',
        curl(options, "/v1/jobs/$id/events", [], "-sSN"),
      ].join("\n"),
  },
  typescript: {
    analyze: (options) =>
      client(options, [
        `const { results } = await client.analyze("${options.file}");`,
        "for (const result of results) console.log(JSON.stringify(result, null, 2));",
      ]),
    predict: (options) =>
      client(options, [
        `const { predictions } = await client.predict("${options.predictor}", "${options.file}");`,
        "for (const { file, tasks } of predictions) console.log(file, JSON.stringify(tasks, null, 2));",
      ]),
    infer(options) {
      const { name, input } = options.tensor;
      const { shape, count } = sent(options);
      return client(options, [
        `const data = new Float32Array(${count}).fill(0.5);`,
        `const outputs = await client.protocol.infer("${name}", {`,
        `  ${propertyOf(input)}: { dtype: "float32", shape: [${shape}], data },`,
        "});",
        "for (const [name, { shape, data }] of Object.entries(outputs)) console.log(name, shape, data);",
      ]);
    },
    events: (options) =>
      client(options, [
        "const job = (await client.jobs()).at(-1);",
        'if (!job) console.log("no training yet");',
        "else for await (const { data } of client.trainEvents(job.id)) console.log(JSON.stringify(data));",
      ]),
  },
  python: {
    analyze: (options) => python(options, [`answer = ask("/v1/analyze", ${picture(options)})`, ...printed]),
    predict: (options) =>
      python(options, [`answer = ask("/v1/models/${options.predictor}/predict", ${picture(options)})`, ...printed]),
    infer(options) {
      const { name, input } = options.tensor;
      const { shape, count } = sent(options);
      return python(options, [
        `tensor = {"name": "${input}", "shape": [${shape}], "datatype": "FP32", "data": [0.5] * ${count}}`,
        `answer = ask("/v2/models/${name}/infer", json.dumps({"inputs": [tensor]}).encode(), "application/json")`,
        ...printed,
      ]);
    },
    events: (options) =>
      python(options, [
        'jobs = json.load(ask("/v1/jobs"))["jobs"]',
        "if not jobs:",
        '    print("no training yet")',
        "else:",
        '    for line in ask("/v1/jobs/" + jobs[-1]["id"] + "/events"):',
        '        if line.startswith(b"data: "):',
        "            print(json.loads(line[6:]))",
      ]),
  },
};

function sent({ tensor }: SnippetOptions): { shape: string; count: number } {
  const shape = shapeToSend(tensor.shape);
  return { shape: shape.join(", "), count: shape.reduce((count, extent) => count * extent, 1) };
}

function curl({ base, key }: SnippetOptions, path: string, options: readonly string[], flags = "-sS"): string {
  const header = keyOf(key, "$FOVEA_KEY");
  const all = [...(header === undefined ? [] : [`-H "Authorization: Bearer ${header}"`]), ...options];
  return [`curl ${flags} "${base}${path}"`, ...all].join(" \\\n  ");
}

function client({ base, key }: SnippetOptions, lines: readonly string[]): string {
  const told = keyOf(key, undefined);
  const value = key === "variable" ? "process.env.FOVEA_KEY" : JSON.stringify(told);
  return [
    'import { createClient } from "@foveajs/client";',
    "",
    `const client = createClient({ baseUrl: "${base}"${key === undefined ? "" : `, key: ${value}`} });`,
    ...lines,
  ].join("\n");
}

function python({ base, key }: SnippetOptions, lines: readonly string[]): string {
  const value = key === "variable" ? 'os.environ["FOVEA_KEY"]' : `"${keyOf(key, "")}"`;
  return [
    `import json${key === "variable" ? ", os" : ""}, urllib.request`,
    "",
    ...(key === undefined ? [] : [`key = ${value}`, ""]),
    "def ask(path, body=None, kind=None):",
    ...(key === undefined
      ? ['    headers = {"Content-Type": kind} if kind else {}']
      : ['    headers = {"Authorization": "Bearer " + key}', "    if kind:", '        headers["Content-Type"] = kind']),
    `    return urllib.request.urlopen(urllib.request.Request("${base}" + path, body, headers))`,
    "",
    ...lines,
  ].join("\n");
}

const printed = ["print(json.dumps(json.load(answer), indent=2))"];

const picture = ({ file }: SnippetOptions): string => `open("${file}", "rb").read(), "image/jpeg"`;

const keyOf = <Variable>(key: SnippetOptions["key"], variable: Variable): string | Variable | undefined =>
  key === undefined ? undefined : key === "variable" ? variable : key.value;

/** A name as the property of an object literal. */
const propertyOf = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
