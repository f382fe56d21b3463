import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

  const [one] = records;
  const about = join(models, one!.id, "method.json");
  writeFileSync(about, readFileSync(about, "utf8").replace('"t5-tiny-random"', '"t5-small-random"'));
  const refused = await startBench(["eval", join(models, one!.id)], directory);
  expect([refused.exitCode, refused.stderr.trim().split("\n").length]).toEqual([2, 1]);
  expect(refused.stderr).toContain("expected the");
  const absent = await startBench(["eval", "nowhere"], directory);
  expect([absent.exitCode, absent.stderr.includes("bench glue --save")]).toEqual([2, true]);
});
