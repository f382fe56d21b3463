import { expect, test } from "vitest";
import { checkCircles } from "./check-circles.mjs";
import { temporaryWorkspace } from "./temporary-workspace.js";

const problems = (files: Record<string, string>): string[] =>
  checkCircles(
    temporaryWorkspace({
      "packages/core/a/package.json": { name: "@petl/a" },
      ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`packages/core/a/src/${path}`, text])),
    }),
  );

test("folders that import each other are a circle, whichever files do", () => {
  expect(
    problems({
      "left/one.ts": 'import { two } from "../right/two.js";',
      "left/leaf.ts": "export const leaf = 1;",
      "right/two.ts": "export const two = 2;",
      "right/other.ts": 'import { leaf } from "../left/leaf.js";',
    }),
  ).toEqual([
    "packages/core/a/src: no-circle: left -> right -> left: move what they share to a leaf " +
      "(left/one.ts imports right; right/other.ts imports left)",
  ]);
});

test("so are two files of one folder, types included, and longer ways round", () => {
  const [files, ...others] = problems({
    "room/a.ts": 'import type { B } from "./b.js";',
    "room/b.ts": 'export { c } from "./c.js";',
    "room/c.ts": 'const a = await import("./a.js");',
  });
  expect(files).toContain("no-circle: room/a.ts -> room/b.ts -> room/c.ts -> room/a.ts");
  expect(others).toEqual([]);
});

test("an index that imports all, and errors that all import, are none", () => {
  expect(
    problems({
      "index.ts": 'export * from "./room/a.js";\nexport * from "./errors.js";',
      "errors.ts": "export class Odd extends Error {}",
      "room/a.ts": 'import { Odd } from "../errors.js";\nimport "./inner/b.js";\n// import "../index.js";',
      "room/inner/b.ts": 'import { Odd } from "../../errors.js";',
    }),
  ).toEqual([]);
});

test("a folder and one below it that import each other are a circle", () => {
  expect(
    problems({
      "room/a.ts": 'import "./inner/b.js";',
      "room/c.ts": "",
      "room/inner/b.ts": 'import "../c.js";',
    }),
  ).toEqual([expect.stringContaining("no-circle: room -> room/inner -> room")]);
});
