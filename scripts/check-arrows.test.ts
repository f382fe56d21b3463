import { describe, expect, test } from "vitest";
import { checkArrows } from "./check-arrows.mjs";
import { temporaryWorkspace } from "./temporary-workspace.js";

const manifest = (name: string, level: unknown, more: object = {}) => ({
  name: `@petl/${name}`,
  petl: { level },
  ...more,
});
const methods = {
  "packages/methods/lora/package.json": manifest("method-lora", 2),
  "packages/methods/read/package.json": manifest("method-read", 2),
  "packages/methods/testkit/package.json": manifest("method-testkit", 4),
};
const core = (source: string) =>
  temporaryWorkspace({
    ...methods,
    "packages/core/trainer/package.json": manifest("trainer", 3),
    "packages/core/trainer/src/index.ts": source,
  });

describe("levels", () => {
  test("a package without a level is reported", () => {
    const root = temporaryWorkspace({ "packages/core/a/package.json": manifest("a", undefined) });
    expect(checkArrows(root)).toEqual([
      "packages/core/a/package.json:1: petl.level: expected an integer, got undefined",
    ]);
  });

  test.each([
    [0, 0],
    [1, 0],
  ])("a dependency on level %i from level %i is refused", (lower, own) => {
    const root = temporaryWorkspace({
      "packages/core/a/package.json": manifest("a", lower),
      "benchmarks/package.json": manifest("benchmarks", own, { dependencies: { "@petl/a": "workspace:*" } }),
    });
    expect(checkArrows(root)).toEqual([expect.stringContaining("benchmarks/package.json:1: lower-level:")]);
  });

  test("a lower dependency passes, and a devDependency may point anywhere", () => {
    const links = { dependencies: { "@petl/a": "workspace:*" }, devDependencies: { "@petl/c": "workspace:*" } };
    const root = temporaryWorkspace({
      "packages/core/a/package.json": manifest("a", 0),
      "packages/core/b/package.json": manifest("b", 1, links),
      "packages/core/c/package.json": manifest("c", 2),
    });
    expect(checkArrows(root)).toEqual([]);
  });
});

describe("imports", () => {
  test("undeclared imports and devDependencies are reported with their line", () => {
    const root = temporaryWorkspace({
      "packages/core/a/package.json": manifest("a", 0, {
        dependencies: { zod: "catalog:" },
        devDependencies: { dev: "catalog:" },
      }),
      "packages/core/a/src/deep/file.ts": [
        'import { readFile } from "node:fs/promises";',
        'import * as z from "zod/v4"; // import "in-a-comment"',
        'export { x } from "@scope/missing/part";',
        'const late = await import("dev");',
        'import "./near.js";',
      ].join("\n"),
    });
    expect(checkArrows(root)).toEqual([
      "packages/core/a/src/deep/file.ts:3: declared-import: @scope/missing is not declared; list it under dependencies of @petl/a",
      "packages/core/a/src/deep/file.ts:4: declared-import: dev is only a devDependency; list it under dependencies of @petl/a",
    ]);
  });
});

describe("method names", () => {
  test.each([
    'if (name === "lora") {}',
    "const lora = 1;",
    "`--method lora`",
    '"@petl/method-read"',
    "const a = 'read';",
  ])("core source may not contain %s", (line) => {
    expect(checkArrows(core(`\n${line}`))).toEqual([
      expect.stringContaining("packages/core/trainer/src/index.ts:2: names-no-method:"),
    ]);
  });

  test.each([
    "// as lora does",
    "/* lora */ read();",
    '"could not read it"',
    "const testkit = 1;",
    "const explorable = 1;",
  ])("core source may contain %s", (line) => {
    expect(checkArrows(core(line))).toEqual([]);
  });

  test("a method named like a text format is named by its package only", () => {
    const named = (line: string) =>
      checkArrows(
        temporaryWorkspace({
          "packages/methods/lst/package.json": manifest("method-lst", 2),
          "packages/core/glue/package.json": manifest("glue", 2),
          "packages/core/glue/src/index.ts": line,
        }),
      );
    expect(named('const formats = ["t5", "lst"];')).toEqual([]);
    expect(named('const method = "@petl/method-lst";')).toHaveLength(1);
  });

  test("quotes inside a regular expression do not hide what follows", () => {
    expect(checkArrows(core('const quote = /["`]/; const name = "lora";'))).toHaveLength(1);
    expect(checkArrows(core("const slashes = /[/]/; // lora"))).toEqual([]);
  });

  test("methods and benchmarks may name methods", () => {
    const root = temporaryWorkspace({
      ...methods,
      "packages/methods/lora/src/index.ts": 'export const name = "lora";',
      "benchmarks/package.json": manifest("benchmarks", 5),
      "packages/harness/presets/package.json": manifest("presets", 5),
      "packages/harness/presets/src/index.ts": 'export const suite = ["lora", "read"];',
    });
    expect(checkArrows(root)).toEqual([]);
  });
});

describe("family names", () => {
  const families = {
    "packages/families/t5/package.json": manifest("family-t5", 3),
    "packages/families/t5/src/index.ts": 'export const name = "@petl/family-t5";',
  };
  const naming = (path: string, source: string) =>
    checkArrows(
      temporaryWorkspace({
        ...families,
        [`${path}/package.json`]: manifest("a", 5, { dependencies: { "@petl/family-t5": "workspace:*" } }),
        [`${path}/src/index.ts`]: source,
      }),
    );

  test.each(["packages/core/trainer", "packages/harness/bench", "packages/methods/testkit"])(
    "%s may not name a family's package",
    (path) => {
      expect(naming(path, '\nimport t5 from "@petl/family-t5";')).toEqual([
        `${path}/src/index.ts:2: names-no-family: source names @petl/family-t5; take the family as a value, or find it by model_type`,
      ]);
      expect(naming(path, '// as @petl/family-t5 does\nexport const format = "t5";')).toEqual([]);
    },
  );

  test.each(["benchmarks", "packages/harness/presets", "packages/training/pretrain"])("%s may", (path) => {
    expect(naming(path, 'import t5 from "@petl/family-t5";')).toEqual([]);
  });

  test("a string that is exactly a model type names its family, a text format and prose do not", () => {
    const typed = (source: string) =>
      checkArrows(
        temporaryWorkspace({
          "packages/families/bert/package.json": {
            name: "@petl/family-bert",
            petl: { level: 3, modelTypes: ["roberta", "t5"] },
          },
          "packages/harness/bench/package.json": manifest("bench", 5),
          "packages/harness/bench/src/index.ts": source,
        }),
      );
    expect(typed('if (type === "roberta") {}')).toEqual([
      expect.stringContaining('bench/src/index.ts:1: names-no-family: source names the model type "roberta"'),
    ]);
    for (const source of ["// as roberta does", '"such as roberta-base"', 'const format = "t5";'])
      expect(typed(source)).toEqual([]);
  });
});
