import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { reportError } from "../../src/exit.js";
import { createProgram } from "../../src/program.js";
import { temporaryDirectory, writeTasks } from "../bench-command.js";
import { commandRows, environmentRows } from "./command-rows.js";
import { checkpointRows, dataRows, methodRows, recordRows, suiteRows } from "./file-rows.js";
import { flagRows } from "./flag-rows.js";
import type { Row } from "./row.js";

/** All rows with PETL_AUDIT=all; else every row that is refused before a process is started and a few of the others. */
const all = process.env.PETL_AUDIT === "all";
const mostPerKind = 30;
const longestMs = 60_000;
const longestLine = 400;

const texts = new Map<string, string>();
const base = writeBase();
const rows: readonly Row[] = [
  ...[...flagRows, ...dataRows((path) => texts.get(path)!), ...checkpointRows, ...suiteRows, ...methodRows],
  ...[...recordRows, ...commandRows, ...environmentRows],
];

/** The texts of the user's data, as `writeTasks` makes them. */
function writeBase(): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-audit-"));
  writeTasks(directory);
  for (const path of filesBelow(join(directory, "glue")))
    texts.set(`glue/${path}`, readFileSync(join(directory, "glue", path), "utf8"));
  return directory;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort();
}

/** What stands in a user's folder, but for the output directory: every file with its bytes. */
function contents(directory: string): Record<string, string> {
  const paths = filesBelow(directory).filter((path) => !path.startsWith("out/"));
  return Object.fromEntries(
    paths.map((path) => [
      path,
      createHash("sha256")
        .update(readFileSync(join(directory, path)))
        .digest("hex"),
    ]),
  );
}

function place({ files = {} }: Row, directory: string): void {
  writeTasks(directory);
  writeFileSync(join(directory, "notes.txt"), "of the user\n");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    if (content === null) rmSync(join(directory, path), { force: true });
    else writeFileSync(join(directory, path), content);
  }
}

/** Runs a command in this process as main.ts does, in a folder; what it prints is kept. */
async function runHere(args: readonly string[], directory: string, env: Row["env"]) {
  const kept = { stdout: "", stderr: "" };
  const catching = (stream: "stdout" | "stderr") =>
    vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
      kept[stream] += chunk.toString();
      return true;
    });
  const say = (...words: unknown[]): void => {
    kept.stdout += `${words.join(" ")}\n`;
  };
  const complain = (...words: unknown[]): void => {
    kept.stderr += `${words.join(" ")}\n`;
  };
  const spies = [
    ...[catching("stdout"), catching("stderr")],
    vi.spyOn(console, "log").mockImplementation(say),
    vi.spyOn(console, "error").mockImplementation(complain),
  ];
  const before = process.cwd();
  process.chdir(directory);
  for (const [name, value] of Object.entries(env ?? {})) vi.stubEnv(name, value);
  let exitCode = 0;
  try {
    const program = createProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    exitCode = reportError(error);
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
  return { ...kept, exitCode };
}

function byKind(): Map<string, Row[]> {
  const kinds = new Map<string, Row[]>();
  for (const row of rows) kinds.set(row.kind, [...(kinds.get(row.kind) ?? []), row]);
  return kinds;
}

/** Some of a kind, spread evenly, the same every time. */
function sampled(kind: readonly Row[]): readonly Row[] {
  if (all || kind.length <= mostPerKind) return kind;
  return Array.from({ length: mostPerKind }, (_, at) => kind[Math.floor((at * kind.length) / mostPerKind)]!);
}

afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

test("there are at least 300 rows, no two alike", () => {
  expect(rows.length).toBeGreaterThanOrEqual(300);
  const same = new Set(rows.map(({ args, files, env }) => JSON.stringify([args, files, env])));
  expect(same.size).toBe(rows.length);
});

describe.each([...byKind()])("hostile %s: one clear line, and the user's folder as it was", (_kind, kind) => {
  test.for(sampled(kind))("$title", { timeout: longestMs }, async (row) => {
    const directory = temporaryDirectory();
    place(row, directory);
    const before = contents(directory);
    const { exitCode, stdout, stderr } = await runHere(row.args, directory, row.env);
    const line = stderr.replaceAll(directory, "").replace(/^code: [^\n]*\n/, ""); // what is about to be imported
    expect([exitCode, stdout, line]).toEqual([
      expect.toSatisfy((code) => code === 1 || code === 2),
      "",
      expect.stringMatching(/^error: [^\n]+\n$/),
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
    expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f]|\s+at \S+ \(/);
    expect(line.length, line).toBeLessThanOrEqual(longestLine);
    expect(contents(directory)).toEqual(before);
  });
});
