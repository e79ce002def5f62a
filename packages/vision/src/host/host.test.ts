import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import * as page from "./browser.ts";
import * as node from "./node.ts";

// FIPS 180-2, appendix B.1: the digest of "abc"
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test("both halves give SHA-256, of parts as of their whole, of text as UTF-8", () => {
  for (const { sha256 } of [node, page]) {
    assert.equal(sha256("abc"), abc);
    assert.equal(sha256("a", Uint8Array.of(98), "c"), abc);
    assert.notEqual(sha256("ab"), sha256("abc"));
  }
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "grapheme" }))), (parts) => {
      assert.equal(page.sha256(...parts), node.sha256(...parts));
    }),
  );
});

test("the page's half reads by URL and refuses what the server does not give", async (context) => {
  const server = createServer((request, response) => {
    if (request.url === "/recipe.yaml") response.end("\ufeffname: größe\n");
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  // the same text as a file read as UTF-8: the mark of the byte order stays
  assert.equal(await page.readText(`http://127.0.0.1:${port}/recipe.yaml`), "\ufeffname: größe\n");
  await assert.rejects(page.readBytes(`http://127.0.0.1:${port}/other`), /other: 404/);
});

test("other work has its turn in both halves", async () => {
  for (const { breathe } of [node, page]) {
    let hadTurn = false;
    setImmediate(() => {
      hadTurn = true;
    });
    for (let turns = 0; turns < 3; turns++) await breathe();
    assert.ok(hadTurn);
  }
});

test("Node draws nothing", () => {
  assert.throws(() => node.drawnImage({ width: 3, height: 3 }, "a bitmap"), { code: "vision/image-argument" });
  assert.throws(() => page.drawnImage({ videoWidth: 0, videoHeight: 0 }, "a video"), {
    code: "vision/image-argument",
    message: /0 x 0/,
  });
});
