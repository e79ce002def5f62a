import { createClient, type Tensor } from "@foveajs/client";

const client = createClient({
  baseUrl: process.env.FOVEA_URL ?? "http://127.0.0.1:8700",
  key: process.env.FOVEA_KEY,
});

// one gray picture of 44 x 44 pixels, in the middle of its range
const image: Tensor = { dtype: "float32", shape: [1, 1, 44, 44], data: new Float32Array(44 * 44).fill(0.5) };

const { inputs } = await client.protocol.model("expression");
console.log(inputs.map(({ name, datatype, shape }) => `${name}: ${datatype} [${shape}]`).join(", "));
const { expression } = await client.protocol.infer("expression", { image }, { signal: AbortSignal.timeout(10_000) });
console.log(`expression: ${expression?.dtype} [${expression?.shape}]`);
