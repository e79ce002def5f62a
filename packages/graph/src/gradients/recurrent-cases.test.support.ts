import { attribute } from "../ir/attributes.ts";
import type { Value } from "../ir/builder.ts";
import type { Attributes, Tensor } from "../ir/types.ts";
import type { Build } from "../ops/build.ts";
import type { Family } from "./family.test.support.ts";

interface Drawn {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly direction?: "forward" | "reverse" | "bidirectional";
  readonly bias?: boolean;
  readonly initial?: boolean;
  readonly peepholes?: boolean;
  /** The loss reads y, the last states, or both. */
  readonly outputs?: readonly number[];
  readonly attributes?: Attributes;
  readonly givesLengths?: boolean;
}

const drawn: readonly Drawn[] = [
  { steps: 3, batch: 2, features: 2, hidden: 3, bias: true },
  { steps: 4, batch: 1, features: 3, hidden: 2, direction: "reverse", bias: true, initial: true },
  { steps: 2, batch: 2, features: 1, hidden: 2, direction: "bidirectional", bias: true, initial: true },
  { steps: 3, batch: 1, features: 2, hidden: 1, direction: "bidirectional", outputs: [1] },
  { steps: 1, batch: 3, features: 2, hidden: 2, initial: true, outputs: [0, 1] },
  { steps: 5, batch: 1, features: 1, hidden: 2, bias: true, givesLengths: true },
];

const recurrent = (op: "LSTM" | "GRU", cases: readonly Drawn[]): Family => {
  const gates = op === "LSTM" ? 4 : 3;
  const states = op === "LSTM" ? 2 : 1;
  return (random) =>
    cases.map((own) => {
      const { steps, batch, features, hidden, direction = "forward", outputs = [0], bias, initial, peepholes } = own;
      const directions = direction === "bidirectional" ? 2 : 1;
      const operands: Tensor[] = [
        random.tensor([steps, batch, features]),
        random.tensor([directions, gates * hidden, features]),
        random.tensor([directions, gates * hidden, hidden]),
      ];
      if (bias) operands.push(random.tensor([directions, 2 * gates * hidden]));
      const firstState = operands.length;
      if (initial)
        for (let state = 0; state < states; state++) operands.push(random.tensor([directions, batch, hidden]));
      if (peepholes) operands.push(random.tensor([directions, 3 * hidden]));
      return {
        label: JSON.stringify(own),
        inputs: operands,
        output: (build: Build, values: readonly Value[]) => {
          const [x, w, r] = values;
          const lengths = own.givesLengths
            ? build.constant({
                dtype: "int32",
                shape: [batch],
                data: Int32Array.from({ length: batch }, () => steps),
              })
            : undefined;
          const inputs: (Value | undefined)[] = [x, w, r, bias ? values[3] : undefined, lengths];
          for (let state = 0; state < states; state++) inputs.push(initial ? values[firstState + state] : undefined);
          if (peepholes) inputs.push(values.at(-1));
          const made = build.nodeOutputs(op, inputs, {
            attributes: {
              hidden_size: attribute.int(hidden),
              direction: attribute.string(direction),
              ...own.attributes,
            },
            outputCount: 1 + states,
          });
          return outputs.map((index) => made[index]!);
        },
      };
    });
};

export const lstms: Family = recurrent("LSTM", [
  ...drawn,
  { steps: 3, batch: 2, features: 2, hidden: 2, initial: true, outputs: [0, 1, 2] },
  { steps: 3, batch: 2, features: 2, hidden: 2, bias: true, initial: true, peepholes: true, outputs: [2] },
  {
    steps: 2,
    batch: 1,
    features: 2,
    hidden: 2,
    direction: "bidirectional",
    attributes: {
      activations: attribute.strings(["Sigmoid", "Softsign", "Tanh", "Sigmoid", "Tanh", "Softsign"]),
    },
  },
]);

const linear = { linear_before_reset: attribute.int(1) };

export const grus: Family = recurrent("GRU", [
  ...drawn,
  { steps: 3, batch: 2, features: 2, hidden: 3, bias: true, attributes: linear },
  { steps: 2, batch: 2, features: 1, hidden: 2, direction: "bidirectional", initial: true, attributes: linear },
]);
