import { expect, test } from "vitest";
import { checkPackages } from "./check-packages.mjs";
import { temporaryWorkspace } from "./temporary-workspace.js";

const manifest = {
  name: "@petl/a",
  description: "A package",
  license: "Apache-2.0",
  homepage: "https://github.com/petl-bench/petl-bench/tree/main/packages/core/a#readme",
  bugs: "https://github.com/petl-bench/petl-bench/issues",
  repository: {
    type: "git",
    url: "git+https://github.com/petl-bench/petl-bench.git",
    directory: "packages/core/a",
  },
  type: "module",
  files: ["dist"],
  engines: { node: ">=20.19" },
  exports: { ".": { source: "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } },
  dependencies: { "@petl/b": "workspace:*", "@scope/listed": "catalog:", zod: "catalog:" },
};
const files = {
  "pnpm-workspace.yaml":
    'packages:\n  - packages/*/*\n\ncatalog:\n  "@scope/listed": 1.0.0\n  zod: 4.0.0\n\nallowBuilds:\n  core: false\n',
  "packages/core/a/package.json": manifest,
  "packages/core/a/tsconfig.json": { extends: "../../../tsconfig.base.json", include: ["src"] },
  "packages/core/a/README.md": "# a",
  "packages/core/a/src/index.ts": "",
  "packages/core/a/test/a.test.ts": "",
};
const problems = (changes: Record<string, unknown>) => checkPackages(temporaryWorkspace({ ...files, ...changes }));
const withManifest = (changes: object) => problems({ "packages/core/a/package.json": { ...manifest, ...changes } });

test("a package of the common shape passes", () => {
  expect(problems({})).toEqual([]);
});

test.each([
  [{ name: "@petl/b" }, "name: expected"],
  [{ license: "MIT" }, "license: expected"],
  [{ type: undefined }, "type: expected"],
  [{ homepage: undefined }, "homepage: expected"],
  [{ bugs: "https://example.org/issues" }, "bugs: expected"],
  [{ repository: { ...manifest.repository, directory: "packages/core/b" } }, "repository: expected"],
  [{ description: "" }, "description: expected"],
  [{ engines: {} }, "engines.node: expected"],
  [{ files: undefined }, "files: expected"],
  [{ exports: undefined }, 'exports: expected an entry "."'],
  [{ exports: { ".": { types: "a", default: "b" } } }, "got types, default"],
  [{ dependencies: { zod: "^4.0.0" } }, 'expected "catalog:", got "^4.0.0"'],
  [{ devDependencies: { core: "catalog:" } }, "missing from pnpm-workspace.yaml's catalog"],
  [{ dependencies: { "@petl/b": "1.0.0" } }, 'expected "workspace:*"'],
])("a manifest with %o is reported", (changes, message) => {
  expect(withManifest(changes)).toEqual([expect.stringContaining(message)]);
});

test.each(["vitest.config.ts", "tsconfig.build.json", ".npmrc", "turbo.json"])(
  "a package's own %s is reported",
  (file) => {
    expect(problems({ [`packages/core/a/${file}`]: "" })).toEqual([
      expect.stringContaining(`packages/core/a/${file}: a package holds no`),
    ]);
  },
);

test("further tsconfig settings are reported", () => {
  const tsconfig = { extends: "../../../tsconfig.base.json", include: ["src"], compilerOptions: { strict: false } };
  expect(problems({ "packages/core/a/tsconfig.json": tsconfig })).toEqual([
    expect.stringContaining("tsconfig.json: expected"),
  ]);
});

test("missing files are reported by name", () => {
  const root = temporaryWorkspace({ "packages/core/a/package.json": { ...manifest, dependencies: {} } });
  expect(checkPackages(root).map((problem) => problem.split(":")[0])).toEqual([
    "packages/core/a/README.md",
    "packages/core/a/tsconfig.json",
    "packages/core/a/src/index.ts",
    "packages/core/a/test",
  ]);
});
