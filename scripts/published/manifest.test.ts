import { expect, test } from "vitest";
import { temporaryWorkspace } from "../temporary-workspace.js";
import { publishedManifest } from "./manifest.mjs";

const root = () =>
  temporaryWorkspace({
    "packages/methods/new/package.json": { name: "@petl/method-new", version: "2.0.0" },
    "packages/methods/testkit/package.json": {
      name: "@petl/method-testkit",
      version: "2.0.0",
      petl: { apart: true },
    },
    "packages/tasks/tasks-mine/package.json": { name: "@petl/tasks-mine", version: "2.0.0" },
    "packages/tasks/task/package.json": { name: "@petl/task", version: "2.0.0" },
  });

test("what only a checkout has is left out, and peers are ranges", () => {
  const manifest = {
    name: "@petl/a",
    exports: {
      ".": { source: "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./x": "./x",
    },
    scripts: { build: "tsc" },
    dependencies: { b: "1.0.0" },
    devDependencies: { c: "1.0.0" },
    peerDependencies: { d: "1.0.0" },
    petl: { modelTypes: ["a"] },
  };
  expect(publishedManifest(manifest, root())).toEqual({
    name: "@petl/a",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" }, "./x": "./x" },
    dependencies: { b: "1.0.0" },
    peerDependencies: { d: "^1.0.0" },
    petl: { modelTypes: ["a"] },
  });
});

test("the program brings every package that is found by name, but for those that stand apart", () => {
  const { dependencies } = publishedManifest({ name: "petl-bench", dependencies: { "@petl/cli": "2.0.0" } }, root());
  expect(dependencies).toEqual({ "@petl/cli": "2.0.0", "@petl/method-new": "2.0.0", "@petl/tasks-mine": "2.0.0" });
});
