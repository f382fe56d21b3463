import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const program = fileURLToPath(new URL("../parity/compare.mjs", import.meta.url));
const about = {
  ...{ method: "lora", learningRate: 1e-3, dropout: "none", checkpoint: "small", trained: 8, head: 2 },
  ...{ rows: { train: 4, dev: 2 }, stepMs: 20, processorStepMs: 40 },
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "petl-compare-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the comparison on files with a run for each score. */
function compare(ours: readonly number[], theirs: readonly number[], other: object = {}) {
  const write = (name: string, scores: readonly number[], rest: object): string => {
    const path = join(folder, name);
    const lines = scores.map((score, seed) => {
      const epochs = [
        { epoch: 1, accuracy: 0, f1: 0 },
        { epoch: 2, accuracy: score, f1: score },
      ];
      return JSON.stringify({ ...about, ...rest, seed, epochs });
    });
    writeFileSync(path, `${lines.join("\n")}\n`);
    return path;
  };
  const files = [write("ours.jsonl", ours, {}), write("pytorch.jsonl", theirs, other)];
  return spawnSync(process.execPath, [program, ...files], { encoding: "utf8" });
}

test("means within one pooled deviation of each other pass, with both deviations shown", () => {
  // deviations 1 and 2 of three runs each: pooled sqrt((2 * 1 + 2 * 4) / 4) = 1.58
  const { status, stdout } = compare([80, 81, 82], [80.5, 82.5, 84.5]);
  expect(stdout).toContain("81.00 ± 1.00");
  expect(stdout).toContain("82.50 ± 2.00");
  expect(stdout).toContain("1.58");
  expect(status).toBe(0);
});

test("means further apart end with exit code 1", () => {
  const { status, stdout } = compare([80, 81, 82], [81, 83, 85]);
  expect(stdout).toContain("false");
  expect(status).toBe(1);
});

test.each([
  ["a single run", [80], {}, "expected at least 2 runs on each side, got 3 of ours and 1 of PyTorch"],
  ["other settings", [80, 81, 82], { learningRate: 2e-3 }, "got 3 of ours and 0 of PyTorch"],
  ["other trained parameters", [80, 81, 82], { trained: 9 }, "expected parameters, head and rows [9,2,"],
])("%s is refused in one line", (_, theirs, other, message) => {
  const { status, stderr } = compare([80, 81, 82], theirs, other);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});
