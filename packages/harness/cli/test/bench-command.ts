import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { onTestFinished } from "vitest";

export const bench = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const { INIT_CWD, NODE_OPTIONS, npm_lifecycle_event, ...inherited } = process.env;

/** Starts the built program as a user would; `cwd` is where the user stands. */
export function startBench(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}, input?: string) {
  return execa(process.execPath, [bench, ...args], {
    cwd,
    env: { ...inherited, NO_COLOR: "1", ...env },
    extendEnv: false,
    reject: false,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
  });
}

/** A directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-cli-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes two small tasks in GLUE's layout, with sentences of our own, below a directory; returns their directory. */
export function writeTasks(directory: string): string {
  const data = join(directory, "glue");
  const moods = ["dull", "bright"];
  const sentence = (row: number): string => `the ${moods[row % 2]} song number ${row} plays ${row % 3} times`;
  const rows = (count: number, row: (index: number) => (string | number)[]): string =>
    Array.from({ length: count }, (_, index) => `${row(index).join("\t")}\n`).join("");
  const files = {
    "SST-2/train.tsv": `sentence\tlabel\n${rows(40, (row) => [sentence(row), row % 2])}`,
    "SST-2/dev.tsv": `sentence\tlabel\n${rows(12, (row) => [sentence(row + 100), row % 2])}`,
    "RTE/train.tsv": `index\tsentence1\tsentence2\tlabel\n${rows(40, (row) => [row, sentence(row), sentence(row + (row % 2)), row % 2 ? "not_entailment" : "entailment"])}`,
    "RTE/dev.tsv": `index\tsentence1\tsentence2\tlabel\n${rows(12, (row) => [row, sentence(row), sentence(row + (row % 2)), row % 2 ? "not_entailment" : "entailment"])}`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(data, path, ".."), { recursive: true });
    writeFileSync(join(data, path), content);
  }
  return data;
}

/** As small as a suite can be that still does all of it. */
export const tiny = [
  "--backbone",
  "t5-tiny-random",
  "--limit",
  "16",
  "--eval-limit",
  "8",
  "--protocol",
  "dev",
  "--epochs",
  "1",
];
