import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { armsOf } from "../../gpu-day/arms.mjs";

const program = fileURLToPath(new URL("../../gpu-day/pages.mjs", import.meta.url));

/** Files of a day that never was: made-up figures, so that the ratios on the page can be checked. */
function folder(files: Record<string, unknown>) {
  const out = mkdtempSync(join(tmpdir(), "petl-day-pages-"));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(out, `${name}.json`), JSON.stringify(content));
  return out;
}

const machine = { node: "v20", cpu: "a processor", cores: 16, commit: "0123456789abcdef", dirty: false };
const index = {
  ...{ format: "petl-gpu-day 1", when: "2026-01-01T00:00:00.000Z", budgetS: 540, isRehearsal: false, machine },
  parts: [
    {
      name: "training",
      what: "training steps",
      status: "late",
      reason: "ended at its limit of 280 s",
      tookS: 280,
      limitS: 280,
    },
  ],
};
const measured = { status: "measured", reason: null, middleHalfMs: [1, 2], tokensPerS: 1, trained: 5, kernels: null };
const arm = (method: string, engine: string, stepMs: number, more = {}) => ({
  ...{ ...measured, backbone: "t5-tiny", batch: 32, method, engine, stepMs, tensorBytes: 100 * stepMs },
  ...more,
});
const training = {
  ...{ gpu: { name: "NVIDIA H100 80GB HBM3", driverVersion: "1", powerLimitW: 700, mig: false }, powerReason: null },
  ...{ tokens: 128, targets: 8, versions: {}, idle: null },
  arms: [
    arm("read", "ours f16", 10, { grossJPerThousand: 30 }),
    arm("read", "torch bf16", 12),
    arm("full", "ours f16", 50, { grossJPerThousand: 120 }),
    arm("full", "torch bf16", 25),
    {
      backbone: "t5-tiny",
      batch: 32,
      method: "lora",
      engine: "ours f16",
      status: "late",
      reason: "no answer within 40 s",
    },
  ],
  notBegun: [{ backbone: "bert-base", batch: 100, method: "read", engine: "ours f32" }],
};
const spec = {
  name: "H100",
  f32FlopsPerS: 67e12,
  tf32FlopsPerS: 494.5e12,
  f16FlopsPerS: 989.5e12,
  memoryBytesPerS: 3.35e12,
  source: "a data sheet",
};
const products = {
  peaks: { name: "NVIDIA H100 80GB HBM3", spec, reason: null },
  rows: [
    {
      what: "1024 cubed",
      engine: "ours f16",
      rows: 1024,
      depth: 1024,
      columns: 1024,
      flopsPerS: [989.5e11, 989.5e11],
      largestError: 1e-3,
      status: "measured",
      reason: null,
    },
  ],
  notBegun: [],
};

test("pages are made again from the files of a day: ratios, shares, the prediction, and why a figure is missing", () => {
  const out = folder({ index, training, products });
  execFileSync(process.execPath, [program, out]);
  const page = readFileSync(join(out, "report.md"), "utf8");
  expect(page).toContain("# A GPU day on NVIDIA H100 80GB HBM3");
  expect(page).toContain("| t5-tiny | read | 32 | n/a | 1.20x | n/a |");
  expect(page).toContain("| t5-tiny | full | 32 | n/a | 0.50x | n/a |");
  expect(page).toContain("| t5-tiny | ours f16 | 32 | 20 % | 20 % | n/a | 25 % | n/a |");
  expect(page).toMatch(/\| t5-tiny \| full \| ours f16 \| 32 \| [\d.]+ ms \| 50 ms \| [\d.]+ % \|/);
  expect(page).toContain("| 1024 cubed | ours f16 | 1024 x 1024 x 1024 | 99 | 99 | 10 % | 1.0e-3 |");
  expect(page).toContain("- part training: late: ended at its limit of 280 s");
  expect(page).toContain("- ours f16: late: no answer within 40 s (t5-tiny lora, batch 32)");
  expect(page).toContain("1 arms of training were not begun in time: bert-base read 100 ours f32");
  expect(page).toMatch(/## The power sensor\n\nThis part did not run/);
  expect(readFileSync(join(out, "pictures/steps-t5-tiny-32.svg"), "utf8")).toContain("torch bf16");
});

test("a folder that is no day's is refused in one line", () => {
  const { status, stderr } = spawnSync(process.execPath, [program, folder({})], { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain("expected the index.json of a GPU day");
});

test("the most telling arms come first, and every arm once", () => {
  const arms = armsOf({ isRehearsal: false });
  expect(arms.slice(0, 4)).toEqual([
    { backbone: "t5-base", batch: 32, method: "read", engine: "ours f16" },
    { backbone: "t5-base", batch: 32, method: "read", engine: "torch bf16" },
    { backbone: "t5-base", batch: 32, method: "full", engine: "ours f16" },
    { backbone: "t5-base", batch: 32, method: "full", engine: "torch bf16" },
  ]);
  expect(new Set(arms.map((each) => JSON.stringify(each))).size).toBe(arms.length);
  expect(arms).toHaveLength(3 * 2 * 4 * 5);
});
