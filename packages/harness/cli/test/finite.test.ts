import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

const mini = fileURLToPath(new URL("../../../families/backbone-mini/checkpoint/", import.meta.url));

/** A checkpoint below a directory, its config.json changed. */
function checkpoint(directory: string, fields: Readonly<Record<string, unknown>>): string {
  const copy = join(directory, "mini");
  cpSync(mini, copy, { recursive: true });
  const file = join(copy, "config.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...fields }));
  return copy;
}

const args = (...more: string[]) => [
  "glue",
  ...tiny,
  "--data",
  "glue",
  "--tasks",
  "sst2",
  "--methods",
  "bitfit",
  ...more,
];

test.each([
  ["N15: --gpu on the CPU device", ["--device", "cpu", "--gpu", "99"], /device "cpu" cannot be used here: .*--gpu 99/],
  ["N15: __proto__ as a setting", ["--method", "lora:__proto__=5"], /lora:__proto__=5: .*got "__proto__"/],
])("%s is refused", async (_title, more, message) => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const { exitCode, stderr } = await startBench(args("--out", "out", ...more), directory);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^error: [^\n]+$/);
  expect(exitCode).toBe(2);
});

test("N15: __proto__ in a suite's settings of a method is refused", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  writeFileSync(
    join(directory, "suite.json"),
    '{"name":"odd","backbone":"t5-tiny-random","tasks":["sst2"],"methods":[{"method":"lora","config":{"__proto__":5}}]}',
  );
  const { exitCode, stderr } = await startBench(["glue", "--suite", "suite.json", "--data", "glue"], directory);
  expect(stderr).toMatch(/^error: [^\n]*got "__proto__"[^\n]*$/);
  expect(exitCode).toBe(2);
});

test.each([
  ["R8: a pad id out of range", { pad_token_id: 99_999 }, /expected pad_token_id from 0 to/],
  ["N15: an eos id that is not the tokenizer's", { eos_token_id: 7 }, /end of sequence 1 as eos_token_id, got 7/],
])("%s is refused with one line", async (_title, fields, message) => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const { exitCode, stderr } = await startBench(args("--backbone", checkpoint(directory, fields)), directory);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^error: [^\n]+$/);
  expect(exitCode).toBe(2);
});

test("R8: NaN weights name tensor and file before any run", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const file = join(checkpoint(directory, {}), "model.safetensors");
  const bytes = readFileSync(file);
  bytes.fill(0xff, bytes.length - 8);
  writeFileSync(file, bytes);
  const { exitCode, stderr } = await startBench(args("--backbone", "./mini"), directory);
  expect(stderr).toMatch(/^error: [^\n]*model\.safetensors: expected finite weights, got NaN in tensor "[^"]+"[^\n]*$/);
  expect(exitCode).toBe(2);
});

test("N4, N5: divergence at the last update fails the run with its place, and no score is kept", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const diverging = ["--learning-rate", "1e38", "--steps", "1", "--clip-norm", "none", "--warmup-steps", "0"];
  const run = args("--out", "out", ...diverging).filter(
    (arg, at, all) => arg !== "--epochs" && all[at - 1] !== "--epochs",
  );
  const { exitCode, stderr } = await startBench(run, directory);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/expected finite .*, got .*; training diverged: lower --learning-rate/);
  const { records } = await readRecords(join(directory, "out"));
  expect(records[0]).toMatchObject({ status: "failed", error: { code: "E_NOT_FINITE" }, scores: null });
});

test("N6: one-class data bring notices into record, table, pages and --json", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const rows = Array.from({ length: 8 }, (_, row) => `song ${row}\t1\n`).join("");
  writeFileSync(join(directory, "glue/SST-2/dev.tsv"), `sentence\tlabel\n${rows}`);
  const { exitCode, stdout } = await startBench(args("--out", "out", "--json"), directory);
  expect(exitCode).toBe(0);
  const codes = (notices: readonly { code: string }[]) => notices.map(({ code }) => code);
  expect(codes(JSON.parse(stdout).runs[0].notices)).toContain("one-class");
  const { records } = await readRecords(join(directory, "out"));
  expect(codes(records[0]!.scores!.best.notices)).toContain("one-class");
  for (const file of ["report.md", "report.html"])
    expect(readFileSync(join(directory, "out", file), "utf8")).toContain("all examples are of one class");
});

test("N15: Latin-1 text and a repeated column are refused by file and line before anything runs", async () => {
  const directory = temporaryDirectory();
  const file = join(writeTasks(directory), "SST-2/train.tsv");
  writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from("caf\xe9\t1\n", "latin1")]));
  const latin = await startBench(args(), directory);
  expect([latin.exitCode, latin.stderr]).toEqual([
    2,
    expect.stringMatching(/^error: [^\n]*train\.tsv:42: [^\n]*0xE9[^\n]*$/),
  ]);
  writeFileSync(file, "sentence\tlabel\tlabel\na\t0\t1\n");
  const twice = await startBench(args(), directory);
  expect([twice.exitCode, twice.stderr]).toEqual([2, expect.stringMatching(/^error: [^\n]*"label" twice[^\n]*$/)]);
});

test("N12: settings of a saved model out of range, and damaged weights, are refused", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  expect((await startBench(args("--out", "out", "--save"), directory)).exitCode).toBe(0);
  const { records } = await readRecords(join(directory, "out"));
  const model = join(directory, "out/models", records[0]!.id);
  const about = join(model, "method.json");
  const sound = readFileSync(about, "utf8");
  for (const changed of [
    sound.replace(/"evalBatchSize": \d+/, '"evalBatchSize": -1'),
    sound.replace(/"maxLength": \d+,/, ""),
    sound.replace(/"scoring": "trie"/, '"scoring": "any"'),
    sound.replace(/"evalLimit": 8/, '"evalLimit": -8'),
  ]) {
    expect(changed).not.toBe(sound);
    writeFileSync(about, changed);
    const { exitCode, stderr } = await startBench(["eval", model], directory);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: [^\n]*(settings\.|evalLimit)[^\n]*$/)]);
  }
  writeFileSync(about, sound);
  const weights = join(model, "trained.safetensors");
  const bytes = readFileSync(weights);
  bytes.fill(0xff, bytes.length - 4);
  writeFileSync(weights, bytes);
  const { exitCode, stderr } = await startBench(["eval", model], directory);
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringMatching(/^error: [^\n]*expected finite weights, got NaN in tensor[^\n]*$/),
  ]);
});
