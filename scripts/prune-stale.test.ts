import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pruneStale } from "./prune-stale.mjs";

test("what was compiled from a source that is gone goes too, and nothing else", () => {
  const root = mkdtempSync(join(tmpdir(), "petl-prune-"));
  try {
    for (const folder of ["src/sub", "dist/sub"]) mkdirSync(join(root, folder), { recursive: true });
    const compile = (name: string, depth: string): void => {
      writeFileSync(join(root, "src", `${name}.ts`), "");
      for (const ending of [".js", ".d.ts", ".d.ts.map"]) writeFileSync(join(root, "dist", name + ending), "");
      writeFileSync(join(root, "dist", `${name}.js.map`), JSON.stringify({ sources: [`${depth}../src/${name}.ts`] }));
    };
    compile("kept", "");
    compile("sub/gone", "../");
    writeFileSync(join(root, "dist/written.js"), ""); // by a script, without a map
    writeFileSync(join(root, "dist/bundle.js.map"), JSON.stringify({ sources: ["../src/gone.ts", "../src/kept.ts"] }));
    rmSync(join(root, "src/sub/gone.ts"));
    pruneStale(root);
    const left = readdirSync(join(root, "dist"), { recursive: true }).map(String).sort();
    expect(left).toEqual([
      "bundle.js.map",
      "kept.d.ts",
      "kept.d.ts.map",
      "kept.js",
      "kept.js.map",
      "sub",
      "written.js",
    ]);
    pruneStale(join(root, "src")); // no dist
  } finally {
    rmSync(root, { recursive: true });
  }
});
