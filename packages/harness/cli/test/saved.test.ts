import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

test("a saved model scores in bench eval what it scored when it was trained, and one that does not fit is refused", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const command = ["glue", ...tiny, "--data", "glue", "--tasks", "sst2", "--methods", "lora,full", "--out", "out"];
  expect((await startBench(command, directory)).exitCode).toBe(0);
  expect((await startBench([...command, "--save"], directory)).exitCode).toBe(0); // runs without a model run again

  const { records } = await readRecords(join(directory, "out"));
  const models = join(directory, "out/models");
  expect(readdirSync(models).sort()).toEqual(records.map(({ id }) => id).sort());
  for (const { id, run, scores } of records) {
    const { stdout, stderr, exitCode } = await startBench(["eval", join("out/models", id), "--json"], directory);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const { score, metrics, examples } = scores!.evaluations.at(-1)!;
    expect(JSON.parse(stdout)).toMatchObject({ method: run.method, task: "sst2", score, metrics, examples });
  }

  const lora = records.find(({ run }) => run.method === "lora")!;
  const predicted = (input: string) => startBench(["predict", join("out/models", lora.id)], directory, {}, input);
  const answers = await predicted('the dull song\n{"sentence": "the bright song"}\n');
  expect([answers.exitCode, answers.stderr]).toEqual([0, ""]);
  for (const line of answers.stdout.split("\n"))
    expect(JSON.parse(line)).toEqual({
      label: expect.stringMatching(/^(negative|positive)$/),
      text: expect.any(String),
      scores: null,
    });
  const half = await predicted("the dull song\na\tb\n");
  expect([half.exitCode, half.stderr]).toEqual([
    1,
    expect.stringMatching(/^error: line 2: expected one text, sentence[^\n]*$/),
  ]);
  expect(half.stdout).toBe(answers.stdout.split("\n")[0]); // what came before is answered

  const [one] = records;
  const about = join(models, one!.id, "method.json");
  writeFileSync(about, readFileSync(about, "utf8").replace('"t5-tiny-random"', '"t5-small-random"'));
  const refused = await startBench(["eval", join(models, one!.id)], directory);
  expect([refused.exitCode, refused.stderr.trim().split("\n").length]).toEqual([2, 1]);
  expect(refused.stderr).toContain("expected the");
  const absent = await startBench(["eval", "nowhere"], directory);
  expect([absent.exitCode, absent.stderr.includes("bench glue --save")]).toEqual([2, true]);
});

test("method.json holds no absolute path: a moved folder opens, and data that went elsewhere are asked for", async () => {
  const root = temporaryDirectory();
  const [before, after] = [join(root, "before"), join(root, "after")];
  mkdirSync(before);
  writeTasks(before);
  const bitfit = fileURLToPath(new URL("../../../methods/bitfit/dist/index.js", import.meta.url));
  writeFileSync(join(before, "mine.mjs"), `export { default } from ${JSON.stringify(pathToFileURL(bitfit).href)};\n`);
  const command = [...["glue", ...tiny, "--data", "glue", "--tasks", "sst2", "--methods", "./mine.mjs"], "--save"];
  const run = await startBench([...command, "--out", "out"], before);
  expect([run.exitCode, run.stderr.includes("error")]).toEqual([0, false]);
  const [id] = readdirSync(join(before, "out/models"));
  const about = readFileSync(join(before, "out/models", id!, "method.json"), "utf8");
  expect(about).not.toContain(root);
  expect(JSON.parse(about)).toMatchObject({ method: { module: "../../../mine.mjs" }, directory: "../../../glue" });

  renameSync(before, after);
  const evaluate = (...flags: string[]) =>
    startBench(["eval", join("out/models", id!), "--trust-code", ...flags], after);
  const moved = await evaluate("--json");
  expect([moved.exitCode, moved.stderr]).toEqual([0, expect.stringMatching(/^code: method [^\n]*mine\.mjs[^\n]*$/)]);
  const { records } = await readRecords(join(after, "out"));
  expect(JSON.parse(moved.stdout)).toMatchObject({ score: records[0]!.scores!.evaluations.at(-1)!.score });

  renameSync(join(after, "glue"), join(after, "data"));
  const lost = await evaluate();
  expect([lost.exitCode, lost.stderr]).toEqual([
    2,
    expect.stringMatching(/^code: [^\n]*\nerror: data [^\n]*pass --data DIR$/),
  ]);
  const found = await evaluate("--data", "data", "--json");
  expect([found.exitCode, found.stdout.includes("sst2")]).toEqual([0, true]);
});
