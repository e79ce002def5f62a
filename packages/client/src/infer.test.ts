// Tensors over the wire against the library's own run of the same model, bit for bit.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createNodeContext, type OpenModel, openModel } from "@foveajs/operations";
import { root, startServer, type TestServer } from "./client.test.support.ts";
import { createClient } from "./client.ts";
import type { Tensor } from "./tensors/tensor.ts";

const SIDE = 44; // of the input of the expression model

let server: TestServer;
let library: OpenModel;
before(async () => {
  server = await startServer({ inference: { threads: 1 } });
  const context = createNodeContext({ signal: new AbortController().signal, progress: () => {} });
  library = await openModel({ models: context.models(join(root, "models")), name: "expression", threads: 1 });
});
after(async () => {
  await server.end();
  await library.dispose();
});

/** Made-up pictures, [rows, 1, side, side], the same each time. */
const input = (rows: number): Tensor => ({
  dtype: "float32",
  shape: [rows, 1, SIDE, SIDE],
  data: Float32Array.from({ length: rows * SIDE * SIDE }, (_, index) => 0.5 + 0.5 * Math.sin(index * 0.7 + rows)),
});

for (const rows of [1, 3]) {
  test(`${rows} made-up pictures: every bit is that of the library`, async () => {
    const client = createClient({ baseUrl: "http://localhost", fetch: server.fetch });
    const { expression } = await client.protocol.infer("expression", { image: input(rows) });
    const expected = (await library.run({ image: input(rows) })).expression!;
    assert.deepEqual([expression!.dtype, expression!.shape], ["float32", [rows, 8]]);
    // as integers: -0 and 0 differ, and a NaN equals itself
    const bits = ({ data }: Tensor) => [...new Uint32Array((data as Float32Array).slice().buffer)];
    assert.deepEqual(bits(expression!), bits(expected));
  });
}

test("what the server gives goes back in as it is", async () => {
  const client = createClient({ baseUrl: "http://localhost", fetch: server.fetch });
  const { expression } = await client.protocol.infer("expression", { image: input(1) });
  // eight numbers are no picture: the server reads them and tells the shape in its own words
  await assert.rejects(client.protocol.infer("expression", { image: expression! }), {
    code: "server/bad-tensor",
    message: /\[-1,1,44,44\], received \[1,8\]/,
  });
});
