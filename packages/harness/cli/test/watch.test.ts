import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "./bench-command.js";

interface Shown {
  readonly counts: Readonly<Record<string, number>>;
  readonly leftS: number | null;
  readonly ending: string | null;
  readonly running: readonly { readonly losses: unknown[]; readonly scores: unknown[] }[];
  readonly done: readonly { readonly slot: string; readonly score: number }[];
}

test("bench watch follows a suite that runs: its runs, losses, scores and time left, until it ends and says so", async () => {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const command = ["glue", ...tiny, "--epochs", "40", "--eval-every", "10", "--data", data, "--tasks", "sst2"];
  const suite = startBench([...command, "--methods", "lora,full", "--out", "out"], directory);
  const journal = join(directory, "out", "progress.jsonl");
  while (!existsSync(journal) || !readFileSync(journal, "utf8").includes("\n")) await delay(20);
  const watch = startBench(["watch", "out"], directory);
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    watch.stdout.on("data", (chunk) => {
      said += chunk;
      const found = /http:\S+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    });
    watch.on("exit", (code) => reject(new Error(`watch ended with ${code}: ${said}`)));
  });

  const seen: Shown[] = [];
  for (;;) {
    const answer = await fetch(`${url}state.json`).catch(() => null);
    if (answer === null) break;
    seen.push((await answer.json()) as Shown);
    await delay(50);
  }
  const { exitCode, stdout, stderr } = await watch;
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/ has ended: 2 of 2 runs are done$/);
  expect((await suite).exitCode).toBe(0);
  const live = seen.flatMap(({ running }) => running);
  expect(live.some(({ losses, scores }) => losses.length > 0 && scores.length > 0)).toBe(true);
  expect(seen.some(({ leftS }) => leftS !== null && leftS > 0)).toBe(true);
  expect(seen.at(-1)).toMatchObject({ ending: "over", counts: { done: 2, running: 0, failed: 0, waiting: 0 } });
  expect(
    seen
      .at(-1)!
      .done.map(({ slot }) => slot)
      .sort(),
  ).toEqual(["full 2 on sst2, 16 rows, seed 0", "lora 1 on sst2, 16 rows, seed 0"]);

  const late = await startBench(["watch", "out"], directory);
  expect([late.exitCode, late.stdout]).toEqual([0, stdout.split("\n").at(-1)]);
});

test("bench watch refuses a folder without a suite in one line", async () => {
  const { exitCode, stdout, stderr } = await startBench(["watch", "."], temporaryDirectory());
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error: [^\n]*expected the output folder of a suite[^\n]*bench status[^\n]*$/);
});
