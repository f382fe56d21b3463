import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packAll } from "./published/pack.mjs";
import { readWorkspace, repositoryRoot } from "./workspace.mjs";

/** Files beside the built ones, looked at one by one: none holds a row of a data set or anything else that is not ours. */
const data: Readonly<Record<string, readonly string[]>> = {
  "@petl/backbone-mini": ["checkpoint/config.json", "checkpoint/model.safetensors", "checkpoint/tokenizer.json"],
  "@petl/device-cpu": ["dist/kernels-relaxed.wasm", "dist/kernels-simd.wasm"],
  "@petl/device-node": ["setup.mjs"],
  "@petl/family-bert": ["presets/bert-tiny-random/tokenizer.json", "presets/bert-tiny-random/tokenizer_config.json"],
  "@petl/family-llama": ["presets/llama-tiny-random/tokenizer.json", "presets/llama-tiny-random/tokenizer_config.json"],
  "@petl/family-t5": ["presets/t5-tiny-random/tokenizer.json"],
  "@petl/method-lst": ["torch/petl_lst.py"],
  "@petl/method-read": ["torch/petl_read.py"],
  "@petl/starter": ["conformance.ts", "method-readme.md", "method.ts", "project-readme.md", "suite.mjs"].map(
    (file) => `templates/${file}`,
  ),
  "@petl/watch": ["page/index.html", "page/page.css", "page/page.js"],
};
const isBuilt = (path: string): boolean => /^dist\/.+\.([cm]?js|d\.[cm]?ts|map)$/.test(path);
const isTemplate = (path: string): boolean => /^templates\/.+\.hbs$/.test(path);

test("every tarball holds what was built, its README, the licence, package.json and data that was looked at", async () => {
  const folder = mkdtempSync(join(tmpdir(), "petl-published-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tarballs = await packAll(folder);
  const published = readWorkspace(repositoryRoot).filter(({ manifest }) => !manifest.private);
  expect(tarballs.map(({ name }) => name)).toEqual(published.map(({ manifest }) => manifest.name).sort());
  const others = tarballs.map(({ name, contents }) => {
    const paths = [...contents.keys()].filter((path) => !isBuilt(path) && !isTemplate(path));
    expect(paths, name).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    return [name, paths.filter((path) => !["LICENSE", "README.md", "package.json"].includes(path)).sort()] as const;
  });
  expect(Object.fromEntries(others.filter(([, paths]) => paths.length > 0))).toEqual(data);
  const { version, dependencies } = tarballs.find(({ name }) => name === "petl-bench")!.manifest;
  expect(dependencies).toMatchObject({
    "@petl/backbone-mini": version,
    "@petl/method-lora": version,
    "@petl/tasks-superglue": version,
  });
});
