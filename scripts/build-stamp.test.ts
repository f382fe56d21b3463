import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isCurrent, outputsDigest, sourcesDigest, writeStamp } from "./build-stamp.mjs";
import { temporaryWorkspace } from "./temporary-workspace.js";

const built = (): string => {
  const root = temporaryWorkspace({
    "package.json": { name: "root" },
    "pnpm-lock.yaml": "",
    "tsconfig.base.json": {},
    "packages/core/a/package.json": { name: "@petl/a" },
    "packages/core/a/tsconfig.json": {},
    "packages/core/a/src/index.ts": "export const a = 1;",
    "packages/core/a/build-kernels.mjs": "",
    "packages/core/a/test/a.test.ts": "",
    "packages/core/a/dist/index.js": "export const a = 1;",
    "packages/core/a/dist/index.d.ts": "",
  });
  writeStamp(root, { sources: sourcesDigest(root), outputs: outputsDigest(root) });
  return root;
};

test("a build without a stamp is not current, one that was just stamped is", () => {
  const root = built();
  expect(isCurrent(root)).toBe(true);
  rmSync(join(root, "node_modules"), { recursive: true });
  expect(isCurrent(root)).toBe(false);
});

test.each([
  "package.json",
  "pnpm-lock.yaml",
  "turbo.json",
  "tsconfig.base.json",
  "packages/core/a/package.json",
  "packages/core/a/tsconfig.json",
  "packages/core/a/src/index.ts",
  "packages/core/a/src/new.ts",
  "packages/core/a/build-kernels.mjs",
  "packages/core/a/dist/index.js",
])("a change of %s asks for a build", (path) => {
  const root = built();
  writeFileSync(join(root, path), '{ "changed": "and longer than before" }');
  expect(isCurrent(root)).toBe(false);
});

test.each(["packages/core/a/src/index.ts", "packages/core/a/dist/index.d.ts", "packages/core/a/dist"])(
  "%s removed asks for a build",
  (path) => {
    const root = built();
    rmSync(join(root, path), { recursive: true });
    expect(isCurrent(root)).toBe(false);
  },
);

test("another major version of Node asks for a build, a changed test does not", () => {
  const root = built();
  writeFileSync(join(root, "packages/core/a/test/a.test.ts"), "changed");
  expect(isCurrent(root)).toBe(true);
  const { node } = process.versions;
  Object.defineProperty(process.versions, "node", { value: "1.0.0" });
  expect(isCurrent(root)).toBe(false);
  Object.defineProperty(process.versions, "node", { value: node });
  expect(isCurrent(root)).toBe(true);
});
