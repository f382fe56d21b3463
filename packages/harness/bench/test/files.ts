import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A temporary directory with these files, removed when the test ends. */
export function directoryOf(files: Readonly<Record<string, string>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "petl-bench-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

/** Source of a module whose default export is a method that attaches nothing. */
export const methodSource = (name: string): string =>
  `export default { specVersion: "v1", name: "${name}", paper: { title: "t", url: "u" }, parse: (input) => ({ width: 1, ...input }), attach: () => ({ params: {}, unfrozen: [], hooks: new Map() }) };`;

/** A package with that main module. */
export const packageOf = (directory: string, name: string, source: string): Record<string, string> => ({
  [`${directory}/package.json`]: JSON.stringify({ name, version: "1.2.3", type: "module", exports: "./main.js" }),
  [`${directory}/main.js`]: source,
});

/** A project's package.json that lists these packages. */
export const projectListing = (...names: readonly string[]): Record<string, string> => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) }),
});

/** Two tasks in GLUE's layout with sentences of our own. */
export const glueFiles: Readonly<Record<string, string>> = {
  "glue/SST-2/train.tsv": "sentence\tlabel\na calm sea\t1\na grey wall\t0\n",
  "glue/SST-2/dev.tsv": "sentence\tlabel\na warm room\t1\n",
  "glue/RTE/train.tsv": "index\tsentence1\tsentence2\tlabel\n0\tit rains\tit is wet\tentailment\n",
  "glue/RTE/dev.tsv": "index\tsentence1\tsentence2\tlabel\n0\tit snows\tit is hot\tnot_entailment\n",
};

/** The mark of a folder that `bench glue` made. */
export const ourMark: Readonly<Record<string, string>> = {
  "petl-bench.json": JSON.stringify({ kind: "bench output", version: 1 }),
};
