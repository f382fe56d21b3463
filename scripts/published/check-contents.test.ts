import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryWorkspace } from "../temporary-workspace.js";
import { contentProblems } from "./check-contents.mjs";

const map = (source: string, text?: string) =>
  JSON.stringify({ sources: [source], ...(text !== undefined && { sourcesContent: [text] }) });
const sound = {
  "README.md": "# a",
  LICENSE: "Apache-2.0",
  "dist/index.js": "export {};\n//# sourceMappingURL=index.js.map",
  "dist/index.js.map": map("../src/index.ts", "export {};"),
  "dist/index.d.ts": 'import type { B } from "@petl/b";\nimport { Readable } from "node:stream";',
  "data/rows.json": "[]",
};
const manifest = { name: "@petl/a", files: ["dist", "data"], dependencies: { "@petl/b": "0.1.0", zod: "4.6.7" } };

/** Problems of a package with these files and fields beside, or in place of, sound ones. */
function problems(files: Record<string, string>, fields: Record<string, unknown> = {}): string[] {
  const directory = temporaryWorkspace({ "src/index.ts": "export {};" });
  const described = { ...manifest, ...fields };
  const all = { ...sound, "package.json": JSON.stringify(described), ...files };
  const contents = new Map(Object.entries(all).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  return contentProblems({ name: "@petl/a", manifest: described, contents }, join(directory));
}

test("a package with what users need has no problem", () => {
  expect(problems({})).toEqual([]);
});

test.each([
  ["dist/test/index.js", "", "got a file of the checkout"],
  ["data/fixtures/x.json", "", "got a file of the checkout"],
  ["dist/a.test.js", "", "got a file of the checkout"],
  ["src/index.ts", "", "got a file of the checkout"],
  ["data/.cache", "", "got a file of the checkout"],
  ["data/train.tsv", "", "no table"],
  ["dist/notes.txt", "", "expected JavaScript"],
  ["other/file.json", "", 'expected a file that "files" lists'],
  ["dist/index.js.map", map("../src/index.ts"), "expected the text of ../src/index.ts in it"],
  ["dist/old.js.map", map("../src/old.ts", ""), "built of ../src/old.ts, which is gone"],
  ["dist/b.js", "//# sourceMappingURL=b.js.map", "expected its source map b.js.map"],
  ["dist/b.d.ts", 'export * from "other/part";', "its types need other, which"],
  ["dist/b.d.ts", '/// <reference types="@webgpu/types" />', "its types need @webgpu/types, which"],
])("%s is refused: %s %s", (path, text, problem) => {
  const found = problems({ [path]: text });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`@petl/a: ${path}: `);
  expect(found[0]).toContain(problem);
});

test.each([
  [{ dependencies: { "@petl/b": "workspace:*" } }, 'dependencies["@petl/b"]: expected a version of a registry'],
  [{ peerDependencies: { vitest: "catalog:" } }, 'peerDependencies["vitest"]: expected a version'],
  [{ devDependencies: { zod: "4.6.7" } }, "devDependencies: expected none"],
  [{ exports: { ".": { source: "./src/index.ts", default: "./dist/index.js" } } }, 'no condition "source"'],
])("package.json with %j is refused", (fields, problem) => {
  expect(problems({}, { dependencies: manifest.dependencies, ...fields }).join("\n")).toContain(problem);
});
