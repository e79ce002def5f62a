import assert from "node:assert/strict";
import { test } from "node:test";
import { createStyle } from "../output/style.ts";
import { evaluateView } from "./evaluate.ts";
import { protocolsView } from "./protocols.ts";

const style = createStyle({ isColored: false });

test("a paragraph a mode: what was scored on what, a line a metric, undefined values with their reason", () => {
  const text = evaluateView({ style }).item({
    protocol: "faces",
    mode: "end_to_end",
    split: { name: "all", sha256: "0123456789abcdef", count: 1234 },
    split_check: "known copy",
    missed: 2,
    metrics: {
      recall: { value: 0.98765, interval: [0.9, 1] },
      false_faces_per_image: { value: null, interval: [null, null], reason: "no images" },
    },
    threshold: {
      value: 0.25,
      target: 0.1,
      reached: 0.0625,
      split: { name: "valid", sha256: "abcdefabcdefab", count: 9 },
    },
    leak_check: "no list in the card",
    model: { name: "my\u001bmodel", sha256: "fedcba9876543210" },
    seed: 7,
    commit: `${"a".repeat(40)}-dirty`,
    command: "fovea evaluate my",
    machine: { cpu: "a cpu", cores: 1, platform: "linux x64", node: "20.19.0", device: null },
  });
  assert.equal(
    text,
    [
      "my?model  by faces, all  end_to_end (whole pictures)  1,234 samples  2 missed",
      "  recall                    0.9877  0.9000 to 1.0000",
      "  false_faces_per_image  undefined                    no images",
      "  threshold 0.2500, chosen on valid (abcdefabcdef) for at most 0.1 false positives: 0.0625 there",
      "  not checked for leaks: the model's file does not list the pictures that it was trained on",
      "  split 0123456789ab (known copy), model fedcba987654, 95 % bootstrap, seed 7, commit aaaaaaaaaaaa-dirty",
      "",
    ].join("\n"),
  );
});

test("what was left out of the split is said where the leaks of a result are told", () => {
  const told = (leak_check: "passed" | "left out 7" | "left out 7, no list in another card") =>
    evaluateView({ style }).item({
      protocol: "faces",
      mode: "end_to_end",
      split: { name: "all, 2 of 9 not trained on", sha256: "0123456789abcdef", count: 2 },
      split_check: "not an official part",
      missed: 0,
      metrics: {},
      leak_check,
      model: { name: "m", sha256: "fedcba9876543210" },
      seed: 0,
      commit: null,
      command: "fovea evaluate m",
      machine: { cpu: "a cpu", cores: 1, platform: "linux x64", node: "20.19.0", device: null },
    });
  assert.match(
    told("left out 7"),
    /^m {2}by faces, all, 2 of 9 not trained on .*\n {2}trained on part of the split: left out 7\n/s,
  );
  assert.match(told("left out 7, no list in another card"), /left out 7, no list in another card\n/);
  assert.doesNotMatch(told("passed"), /part of the split|leaks/);
});

test("a paragraph a protocol", () => {
  const text = protocolsView({ style }).item({
    id: "p",
    title: "a protocol",
    task: "landmarks",
    metrics: [{ name: "nme", unit: "", better: "lower", summary: "" }],
    splits: [{ name: "test", count: 2995 }, { name: "all" }],
    unit: "subject",
    where: "there",
    licence: "none",
    source: "us",
    rules: ["one"],
    published: [{ method: "m", metric: "nme", value: 0.1, source: "s" }],
  });
  assert.match(
    text,
    /^p {2}a protocol\n {2}metrics +nme ↓\n {2}splits +test \(2,995\), all\n {2}intervals +over each subject\n/,
  );
  assert.match(text, / {2}rule +one\n {2}published +nme 0\.1, m; s\n$/);
});
