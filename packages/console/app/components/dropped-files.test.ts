import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOf, withoutStrays } from "./dropped-files.ts";

type Tree = { readonly [name: string]: Tree | string };

/** Entries as a drop has them; a folder's reader gives two at a time, then none. */
function entryOf(name: string, tree: Tree | string, above = ""): FileSystemEntry {
  const fullPath = `${above}/${name}`;
  if (typeof tree === "string") {
    const file = (done: (file: File) => void) => done(new File([tree], name));
    return { name, fullPath, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const entries = Object.entries(tree).map(([inner, content]) => entryOf(inner, content, fullPath));
  const createReader = () => {
    const left = [...entries];
    return { readEntries: (done: (batch: FileSystemEntry[]) => void) => done(left.splice(0, 2)) };
  };
  return { name, fullPath, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

const dropOf = (tree: Tree): DataTransfer =>
  ({
    items: [
      { kind: "string" },
      ...Object.entries(tree).map(([name, content]) => ({
        kind: "file",
        webkitGetAsEntry: () => entryOf(name, content),
        getAsFile: () => (typeof content === "string" ? new File([content], name) : null),
      })),
    ],
  }) as unknown as DataTransfer;

test("a drop gives its files and those of its folders at any depth, in order, with their places", async () => {
  const files = await filesOf(
    dropOf({
      "b.png": "1",
      signs: {
        two: { "9.png": "9", "1.png": "1", "5.png": "5" },
        one: { "a.jpg": "a" },
        ".DS_Store": "",
        "Thumbs.db": "",
      },
      empty: {},
    }),
  );
  assert.deepEqual(
    files.map(({ name, webkitRelativePath }) => webkitRelativePath || name),
    ["b.png", "signs/one/a.jpg", "signs/two/1.png", "signs/two/5.png", "signs/two/9.png"],
  );
  assert.equal(await files[4]!.text(), "9");
});

test("files of systems are left out, others of any kind stay", () => {
  const names = ["a.txt", ".hidden", "desktop.ini", "b.JPG"];
  assert.deepEqual(
    withoutStrays(names.map((name) => new File([], name))).map(({ name }) => name),
    ["a.txt", "b.JPG"],
  );
});
