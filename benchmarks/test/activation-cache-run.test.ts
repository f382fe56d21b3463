import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the measurement of the activation cache runs, on the tiny backbone, and its shares follow from its epochs", () => {
  const directory = mkdtempSync(join(tmpdir(), "petl-cache-run-"));
  const json = join(directory, "figures.json");
  const program = fileURLToPath(new URL("../activation-cache/run.mjs", import.meta.url));
  const sizes = ["--batch=2", "--steps=2", "--epochs=3", "--rounds=2", "--source-length=12", "--target-length=3"];
  const flags = ["--backbone=t5-tiny-random", "--beside=bitfit", "--threads=1", "--kernels=wasm", ...sizes];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...flags, `--json=${json}`], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const figures = JSON.parse(readFileSync(json, "utf8"));
  rmSync(directory, { recursive: true });

  const { spread, cache, load, beside } = figures;
  expect([spread.off, spread.auto].map((rounds) => rounds.map(({ length }: number[]) => length))).toEqual([
    [2, 3], // the very first epoch only warms up
    [3, 3],
  ]);
  const { laterByRound, laterOfUncached, plannedShare, firstOfUncached, totalOfUncached } = figures;
  const [, firstLater, secondLater] = spread.auto[1];
  const middleUncached = [...spread.off[1]].sort((a, b) => a - b)[1]!;
  expect(laterByRound[1]).toBeCloseTo((firstLater + secondLater) / 2 / middleUncached, 10);
  expect(laterOfUncached).toBeCloseTo((laterByRound[0] + laterByRound[1]) / 2, 10);
  expect(totalOfUncached).toBeCloseTo((firstOfUncached + 19 * laterOfUncached) / 20, 10);
  expect(figures.laterOfPlanned).toBeCloseTo(laterOfUncached / plannedShare, 10);
  expect(plannedShare).toBeGreaterThan(0);
  expect(plannedShare).toBeLessThan(1);
  expect([cache.examples, cache.examplesCovered, cache.lookups, cache.hits, cache.exact]).toEqual([4, 4, 12, 8, true]);
  expect(figures.peakTensorBytes.auto).toBeGreaterThan(0);
  expect(load.othersShare).toHaveLength(2);
  expect(beside.bitfit.withoutOfIt).toBeCloseTo(figures.uncachedEpochS / beside.bitfit.epochS, 10);
  expect(stdout).toContain("planned by operations");
});

test("a measurement prints its opening comment for --help, and refuses what it does not know with one line", () => {
  const program = fileURLToPath(new URL("../activation-cache/run.mjs", import.meta.url));
  const asked = (flag: string) => spawnSync(process.execPath, [program, flag], { encoding: "utf8" });
  const help = asked("--help");
  expect(help).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("[--epochs=4]") });
  expect(help.stdout).not.toMatch(/^\/\/|import/m);
  const line = "run: Unknown option '--epoch'; --help says what can be given\n";
  expect(asked("--epoch=4")).toMatchObject({ status: 2, stdout: "", stderr: line });
});
