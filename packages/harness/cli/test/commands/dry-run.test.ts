import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "../bench-command.js";

test("a dry run says rows, updates, learning rate and evaluations, and the time once a run has finished", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const command = ["glue", ...tiny, "--data", data, "--tasks", "sst2", "--out", "out", "--batch-size", "4"];
  const before = await startBench([...command, "--methods", "full,lora", "--dry-run"], directory);
  expect(before.stdout).toMatch(/^ {2}sst2 +final +16 +4 +0\.0003 +1 of 8 rows$/m);
  expect(before.stdout).toMatch(/expected time: unknown until a run is completed in /);

  expect((await startBench([...command, "--methods", "full", "--quiet"], directory)).exitCode).toBe(0);
  const after = await startBench([...command, "--methods", "full,lora", "--dry-run"], directory);
  expect(after.stdout).toMatch(/^expected time: [^\n]+, from the 1 completed run$/m);
  const json = await startBench([...command, "--methods", "full,lora", "--dry-run", "--json"], directory);
  const { expectedTimeS, expectedTimeSource, runs } = JSON.parse(json.stdout);
  expect(expectedTimeS).toBeGreaterThan(0);
  expect(expectedTimeSource).toBe("finished runs");
  expect(runs[0]).toMatchObject({ trainExamples: 16, updates: 4, evaluations: 1, evalExamples: 8 });
});

test("a suite that a CPU cannot do in a day is warned of", async () => {
  const directory = temporaryDirectory();
  const env = { PETL_CACHE: directory, https_proxy: "http://127.0.0.1:9" };
  const command = ["glue", "--preset", "lst", "--device", "cpu", "--dry-run"];
  const { stderr, exitCode } = await startBench(command, directory, env);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/^warning: 176 runs of t5-base are too many for a CPU: more than [\d,]+ (days|hours)[^\n]+$/);
});
