import { errorTable } from "@foveajs/errors";

/** Every error of this package: code, who must act, what is wrong, what to do. */
export const errors = errorTable("graph", {
  "shape-not-static": {
    kind: "input",
    message: (d: { value: string; shape: string }) =>
      `Value "${d.value}" has the shape ${d.shape}; fixed numbers are needed here.`,
    help: () => "Freeze the named dimensions first: freezeShapes(graph, { N: 1 }).",
  },
  "axis-out-of-range": {
    kind: "input",
    message: (d: { axis: number; rank: number }) => `Axis ${d.axis} does not exist: the value has ${d.rank} axes.`,
    help: (d: { axis: number; rank: number }) => `Use an axis from ${-d.rank} to ${d.rank - 1}.`,
  },
  "broadcast-mismatch": {
    kind: "input",
    message: (d: { left: string; right: string }) => `Shapes ${d.left} and ${d.right} do not broadcast.`,
    help: () => "Aligned at the last axis, every pair of extents must be equal or contain a 1.",
  },
  "attribute-type": {
    kind: "input",
    message: (d: { node: string; op: string; attribute: string; expected: string; received: string }) =>
      `${d.op} "${d.node}": attribute ${d.attribute} should be of type ${d.expected}, received ${d.received}.`,
    help: () => "Mend the model's file, or the code that built the node.",
  },
  "shape-mismatch": {
    kind: "input",
    message: (d: { node: string; op: string; expected: string; received: string }) =>
      `${d.op} "${d.node}": expected ${d.expected}, received ${d.received}.`,
    help: () => "Check the shapes that are fed and the layer's parameters.",
  },
  "unknown-operator": {
    kind: "input",
    message: (d: { node: string; op: string; domain: string }) =>
      `Node "${d.node}": operator ${d.domain ? `${d.domain}.` : ""}${d.op} has no shape rule here.`,
    help: () =>
      "The file still runs in a session; to build or differentiate it, add the operator (one file in ops/, one table line).",
  },
  "unknown-value": {
    kind: "input",
    message: (d: { value: string; node: string }) =>
      `"${d.node}" reads the value "${d.value}", which nothing before it makes.`,
    help: () =>
      "Nodes must stand in topological order, and every value is an input, an initializer or the output of a node.",
  },
  "onnx-empty": {
    kind: "input",
    message: () => "The ONNX model is empty: 0 bytes.",
    help: () => "Download or export the file again, and check its size.",
  },
  "onnx-truncated": {
    kind: "input",
    message: (d: { expected: string; received: string }) =>
      `The ONNX model is cut short: expected ${d.expected}, received ${d.received}.`,
    help: () => "Download or copy the file again, and compare its size with the original's.",
  },
  "onnx-not-onnx": {
    kind: "input",
    message: (d: { found: string }) => `This is not an ONNX model: expected a ModelProto, received ${d.found}.`,
    help: (d: { remedy: string }) => d.remedy,
  },
  "onnx-malformed": {
    kind: "input",
    message: (d: { where: string; problem: string }) => `The ONNX model is damaged: ${d.where} ${d.problem}.`,
    help: () => "Download or export the file again; if it is new, the exporter has a defect.",
  },
  "onnx-unsupported": {
    kind: "input",
    message: (d: { where: string; feature: string }) => `${d.where} uses ${d.feature}, which is not supported here.`,
    help: (d: { remedy: string }) => d.remedy,
  },
  "onnx-external-data": {
    kind: "missing",
    message: (d: { tensor: string; location: string; problem: string }) =>
      `Tensor "${d.tensor}" lies in the external file "${d.location}": ${d.problem}.`,
    help: () => "Keep the model and its data files in one folder, and pass readOnnx(bytes, { loadExternal }).",
  },
  "onnx-unwritable": {
    kind: "input",
    message: (d: { where: string; expected: string; received: string }) =>
      `${d.where} cannot be written as ONNX: expected ${d.expected}, received ${d.received}.`,
    help: () => "Mend the code that built the graph; validate(graph) finds most such faults.",
  },
  "value-made-later": {
    kind: "input",
    message: (d: { value: string; node: string; maker: string }) =>
      `Node "${d.node}" reads the value "${d.value}" before node "${d.maker}" makes it.`,
    help: () => "Put the nodes into topological order: each after those whose outputs it reads.",
  },
  "value-made-twice": {
    kind: "input",
    message: (d: { value: string; first: string; second: string }) =>
      `The value "${d.value}" is made by ${d.first} and again by ${d.second}.`,
    help: () =>
      "Every value has one maker: an input, an initializer, or one output of one node. Rename one of the two.",
  },
  "value-unnamed": {
    kind: "input",
    message: (d: { where: string }) => `${d.where} has no name.`,
    help: () => "Inputs, outputs, initializers and nodes of a graph are found by name: give it one.",
  },
  "node-name-taken": {
    kind: "input",
    message: (d: { node: string; first: string; second: string }) =>
      `Two nodes are named "${d.node}": a ${d.first} and a ${d.second}.`,
    help: () => "Rename one of them.",
  },
  "weight-missing": {
    kind: "input",
    message: (d: { slot: string; name: string; received: string }) =>
      `The state's "${d.slot}" should be the weight "${d.name}" of the model: ${d.received}.`,
    help: () => "Give the model whose training step made the state, and a state that session.read() gave.",
  },
  "output-missing": {
    kind: "input",
    message: (d: { output: string; graph: string }) =>
      `Graph "${d.graph}" promises the output "${d.output}", which nothing makes.`,
    help: () => "List as outputs only names of inputs, initializers and node outputs.",
  },
  "output-named-twice": {
    kind: "input",
    message: (d: { output: string; graph: string }) => `Graph "${d.graph}" lists the output "${d.output}" twice.`,
    help: () => "List each output once; a second copy needs an Identity node and a name of its own.",
  },
  "opset-missing": {
    kind: "input",
    message: (d: { node: string; op: string; domain: string; known: string }) =>
      `Node "${d.node}" (${d.op}) is of the domain "${d.domain}", of which the graph imports no version; it imports ${d.known}.`,
    help: (d: { domain: string }) =>
      `Add the domain to the graph's opsets, for example { "${d.domain}": ${d.domain ? 1 : 17} }.`,
  },
  "tensor-size": {
    kind: "input",
    message: (d: { tensor: string; expected: string; received: string }) =>
      `${d.tensor}: expected ${d.expected}, received ${d.received}.`,
    help: () => "A tensor holds the product of its extents, in the array type of its dtype.",
  },
  "dimension-unknown": {
    kind: "input",
    message: (d: { dimension: string; known: string }) =>
      `No input or output has a dimension named "${d.dimension}"; the names are ${d.known}.`,
    help: () => "Freeze only names that the graph has; leave out what is fixed already.",
  },
  "dimension-extent": {
    kind: "input",
    message: (d: { dimension: string; received: string }) =>
      `Dimension "${d.dimension}": expected a whole number of at least 1, received ${d.received}.`,
    help: () => "Give the extent that the axis shall have, for example { N: 1 }.",
  },
  "unknown-input": {
    kind: "input",
    message: (d: { input: string; known: string }) => `The graph has no input "${d.input}"; its inputs are ${d.known}.`,
    help: () => "Name an input as the graph does; `fovea graph FILE` lists them.",
  },
  "input-shape": {
    kind: "input",
    message: (d: { input: string; expected: string; received: string }) =>
      `Input "${d.input}": expected a shape that fits ${d.expected}, received ${d.received}.`,
    help: () => "Numbers are fixed in the file; only named extents can be chosen, the same number for the same name.",
  },
  "profile-unreadable": {
    kind: "internal",
    message: (d: { problem: string }) => `The profile of onnxruntime cannot be read: ${d.problem}.`,
    help: () => "Run the model at least three times before the session is disposed.",
  },
  "batch-fixed": {
    kind: "input",
    message: (d: { output: string; expected: string; received: string }) =>
      `The batch cannot be changed: output "${d.output}" should become ${d.expected}, it becomes ${d.received}.`,
    help: () => "Export the model with a named first dimension, or train it with the batch that the file states.",
  },
  "nothing-trainable": {
    kind: "input",
    message: (d: { graph: string; reasons: string }) =>
      `Nothing of the model "${d.graph}" can be trained: ${d.reasons}.`,
    help: () => "Run it as it is, or export it without what is named here; `fovea graph FILE` shows all operators.",
  },
  "opset-too-old": {
    kind: "input",
    message: (d: { opset: number; oldest: number }) =>
      `The graph is of opset ${d.opset}; at least ${d.oldest} is needed here.`,
    help: (d: { opset: number; oldest: number }) =>
      d.oldest > 7
        ? "Rewrite it first, before a loss is added: upgradeOpset(graph)."
        : "Export the model again with a newer opset, best 21.",
  },
  "no-gradient-rule": {
    kind: "input",
    message: (d: { node: string; op: string }) => `Node "${d.node}": operator ${d.op} has no gradient rule.`,
    help: () =>
      "Freeze the parameters before this node, or add a rule: one file in gradients/ and one line in its table.",
  },
  "gradient-unsupported": {
    kind: "input",
    message: (d: { node: string; op: string; feature: string }) =>
      `${d.op} "${d.node}": there is no gradient for ${d.feature}.`,
    help: () => "Freeze the parameters before this node, or build the model without it.",
  },
  "seed-out-of-range": {
    kind: "input",
    message: (d: { received: string }) =>
      `The seed of dropout masks: expected a whole number from 0 to 16777215, received ${d.received}.`,
    help: () =>
      "Give such a number, for example dropoutSeed: 1; float32, in which graphs compute it, holds no larger ones exactly.",
  },
  "einsum-equation": {
    kind: "input",
    message: (d: { node: string; equation: string; problem: string }) =>
      `Einsum "${d.node}": the equation "${d.equation}" does not fit: ${d.problem}.`,
    help: () => 'Name every axis of every input by one letter, as in "nij,njk->nik"; "..." stands for leading axes.',
  },
  "einsum-diagonal": {
    kind: "input",
    message: (d: { node: string; equation: string; letter: string }) =>
      `Einsum "${d.node}": there is no gradient for a diagonal: "${d.equation}" has the letter ${d.letter} twice in one term.`,
    help: (d: { letter: string }) =>
      `Give the second ${d.letter} a letter of its own and multiply by an identity matrix of both: "ii->i" becomes "ij,ij->i".`,
  },
  "no-path-to-loss": {
    kind: "input",
    message: (d: { parameter: string; loss: string }) =>
      `The loss "${d.loss}" does not depend on the parameter "${d.parameter}".`,
    help: () => "Leave it out of the trained parameters, or check that its layer is used.",
  },
  "step-option": {
    kind: "input",
    message: (d: { option: string; expected: string; received: string }) =>
      `Training step: ${d.option} should be ${d.expected}, received ${d.received}.`,
    help: (d: { option: string }) => `Leave ${d.option} out, or see "Training options" in docs/engine.md.`,
  },
  "layer-pattern": {
    kind: "input",
    message: (d: { pattern: string; names: string }) =>
      `Rates by layer: "${d.pattern}" finds the depth of no weight; there are ${d.names} and others.`,
    help: () => 'Write a regular expression whose first capture is the number of the layer, such as "stage(\\d+)".',
  },
  "recompute-unknown": {
    kind: "input",
    message: (d: { value: string }) => `recompute: no value of the trained part of the graph is named "${d.value}".`,
    help: () =>
      "Name values that depend on a trained parameter and are no outputs of the graph, or give a number of segments.",
  },
  "recompute-count": {
    kind: "input",
    message: (d: { received: string }) =>
      `recompute: expected at least 1 segment, a whole number, received ${d.received}.`,
    help: () => "About the square root of the number of layers takes the least memory.",
  },
  "no-lowering": {
    kind: "internal",
    message: (d: { node: string; op: string }) => `Node "${d.node}": no form of ${d.op} fits the target.`,
    help: () => "Add a form that always applies to the operator's list in lowering/.",
  },
  "runtime-failed": {
    kind: "internal",
    message: (d: { message: string }) => `onnxruntime: ${d.message}`,
    help: () => "Check the names, types and shapes that are fed; `fovea doctor` shows the runtime and its devices.",
  },
  "device-missing": {
    kind: "missing",
    message: (d: { device: string; known: string; message: string }) =>
      `The device "${d.device}" is not here (known are ${d.known}): ${d.message}`,
    help: (d: { device: string }) =>
      d.device === "webgpu"
        ? "It needs a GPU with its driver; in the browser also WebGPU itself. `fovea doctor` shows the runtime and its devices."
        : "Leave `device` out, or name one that is here; `fovea doctor` shows the runtime and its devices.",
  },
  "operator-off-device": {
    kind: "input",
    message: (d: { device: string; operators: string }) =>
      `The device "${d.device}" does not run all of this graph; left over are ${d.operators}.`,
    help: (d: { device: string }) =>
      `Write the graph for the device first: lower(graph, await probeTarget({ device: "${d.device}" })). What is left even then runs on the CPU only.`,
  },
  "operator-miscomputed": {
    kind: "input",
    message: (d: { device: string; operators: string }) =>
      `onnxruntime gives wrong numbers on "${d.device}", without an error, for ${d.operators}.`,
    help: (d: { device: string }) =>
      `Write the graph for the device first: lower(graph, await probeTarget({ device: "${d.device}" })).`,
  },
  "option-unavailable": {
    kind: "input",
    message: (d: { option: string; where: string; remedy: string }) => `${d.option} is not to be had in ${d.where}.`,
    help: (d: { option: string; where: string; remedy: string }) => d.remedy,
  },
  "session-disposed": {
    kind: "conflict",
    message: (_: object) => "The session was disposed.",
    help: () => "Create another with createSession(graph).",
  },
  "conversion-unsupported": {
    kind: "input",
    message: (d: { node: string; op: string; type: string }) =>
      `node "${d.node}" (${d.op}): expected a graph without inner graphs for ${d.type}, received an operator with one.`,
    help: () => "export the model with its control flow unrolled, or keep it in float32.",
  },
});
