// The hash by Python: hashlib.sha256(b"2x1 rgb " + bytes([1, 1, 1, 9, 9, 9])).hexdigest()[:12]
import assert from "node:assert/strict";
import { test } from "node:test";
import { readOnnx, writeOnnx } from "@foveajs/graph";
import fc from "fast-check";
import type { Image } from "../image/image.ts";
import { livelyGraph, noisePicture, tinyClassifier } from "./tiny.test.support.ts";
import {
  hashTrainingPictures,
  isTrainedOn,
  joinTrainingPictures,
  pictureHash,
  readTrainingPictures,
  TRAINING_PICTURES_KEY,
  trainingPictures,
  withTrainingPictures,
  writeTrainingPictures,
} from "./training-pictures.ts";

const gray: Image = { width: 2, height: 1, order: "gray", data: Uint8Array.of(1, 9) };

test("the hash is that of the RGB pixels, whatever the order of channels", () => {
  assert.equal(pictureHash(gray).toString(16).padStart(12, "0"), "792f0bd5103d");
  assert.equal(pictureHash({ ...gray, order: "rgb", data: Uint8Array.of(1, 1, 1, 9, 9, 9) }), pictureHash(gray));
  assert.notEqual(pictureHash({ ...gray, data: Uint8Array.of(1, 8) }), pictureHash(gray));
  assert.notEqual(pictureHash({ ...gray, width: 1, height: 2 }), pictureHash(gray));
});

test("a list comes out of the file as it went in, and holds what it was made of and nothing else", () => {
  const hash = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(fc.array(hash), fc.array(hash), (hashes, others) => {
      const list = trainingPictures(hashes);
      const metadata = { [TRAINING_PICTURES_KEY]: writeTrainingPictures(list) };
      const read = readTrainingPictures({ metadata }, "x")!;
      assert.deepEqual(read, list);
      for (const one of [...hashes, ...others]) assert.equal(isTrainedOn(read, one), hashes.includes(one));
    }),
  );
});

test("the list stands beside the graph, whose bytes do not change; a file without one has none", () => {
  const graph = livelyGraph(tinyClassifier);
  const listed = writeOnnx(withTrainingPictures(graph, trainingPictures([7, 5, 7])));
  const plain = writeOnnx(graph);
  assert.deepEqual(listed.subarray(0, plain.length), plain);
  assert.deepEqual([...readTrainingPictures(readOnnx(listed), "x")!.hashes], [5, 7]);
  assert.equal(readTrainingPictures(readOnnx(plain), "x"), undefined);
});

test("only the training part is listed, each picture once; lists are joined", async () => {
  const samples = (["train", "valid", "train", "test", "train"] as const).map((split, i) => ({
    id: `${i}`,
    image: { file: `${i}` },
    labels: {},
    group: `${i}`,
    split,
  }));
  const pictures = [0, 1, 2, 3, 0].map((seed) => noisePicture(4, 4, { seed }));
  const list = await hashTrainingPictures([{ samples, load: async ({ id }) => pictures[Number(id)]! }]);
  assert.equal(list.hashes.length, 2);
  assert.deepEqual(
    pictures.map((picture) => isTrainedOn(list, pictureHash(picture))),
    [true, false, true, false, true],
  );
  assert.deepEqual([...joinTrainingPictures([trainingPictures([3, 1]), trainingPictures([2, 3])]).hashes], [1, 2, 3]);
});

test("a list that is damaged is refused, never taken for an empty one", () => {
  const text = writeTrainingPictures(trainingPictures([1, 2]));
  for (const wrong of ["{", "null", text.replace('"count":2', '"count":3'), text.replace('"format":1', '"format":2')]) {
    assert.throws(() => readTrainingPictures({ metadata: { [TRAINING_PICTURES_KEY]: wrong } }, "x.onnx"), {
      code: "vision/training-pictures-invalid",
      message: /x\.onnx/,
    });
  }
});
