import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory } from "./bench-command.js";

/** Prints the child's peak memory in kB and its processor time in microseconds as it ends. */
const report =
  "data:text/javascript,process.on('exit',()=>{const{maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();console.error('rss='+maxRSS+',cpu='+(userCPUTime+systemCPUTime))})";

test("plan: T5-11B with every method takes less than 60 s of one core and 2 GB", async () => {
  const { stdout, stderr, exitCode } = await startBench(
    ["plan", "--backbone", "t5-11b", "--json", "--device-memory", "80GB"],
    temporaryDirectory(),
    { NODE_OPTIONS: `--import ${report}` },
  );
  const [, rssKb, cpuMicroseconds] = /^rss=(\d+),cpu=(\d+)$/.exec(stderr) ?? [];
  expect([exitCode, rssKb, cpuMicroseconds]).toEqual([0, expect.any(String), expect.any(String)]);
  const plan = JSON.parse(stdout);
  expect(plan.methods.length).toBeGreaterThanOrEqual(5);
  for (const { totalParams } of plan.methods) expect(totalParams).toBeGreaterThanOrEqual(11_307_321_344);
  expect(Number(cpuMicroseconds)).toBeLessThan(60e6);
  expect(Number(rssKb) * 1024).toBeLessThan(2e9);
}, 240_000);

test("plan --json has the documented fields, and tells arms of one method apart", async () => {
  const command = ["plan", "--backbone", "t5-tiny", "--methods", "full", "--method", "read:hidden=8", "--json"];
  const { stdout, exitCode } = await startBench(command, temporaryDirectory());
  expect(exitCode).toBe(0);
  const plan = JSON.parse(stdout);
  expect(plan).toMatchObject({ backbone: "t5-tiny", batchSize: 32, maxLength: 128, targetLength: 8 });
  const [full, read] = plan.methods;
  expect(full).toMatchObject({ method: "full", relativeToFull: 1, largestBatch: null });
  expect(read.config).toMatchObject({ hidden: 8 });
  expect(read.relativeToFull).toBeLessThan(0.7);
  const { total, ...parts } = read.peakBytes;
  expect(Object.keys(parts)).toEqual(["backbone", "method", "gradients", "optimizer", "activations", "inputs"]);
  expect(Object.values<number>(parts).reduce((sum, part) => sum + part)).toBe(total);
  for (const key of ["forwardFlops", "backwardFlops", "bytesMoved"]) expect(read[key]).toBeGreaterThan(0);
  expect(read.predicted.map(({ gpu }: { gpu: string }) => gpu)).toContain("H100");
});

test("plan reads a config.json, writes the report and calls predictions predicted", async () => {
  const directory = temporaryDirectory();
  const geometry = { vocab_size: 100, d_model: 32, d_kv: 8, d_ff: 64, num_layers: 2, num_heads: 4 };
  writeFileSync(join(directory, "config.json"), JSON.stringify(geometry));
  const { stdout, exitCode } = await startBench(
    ["plan", "--backbone", "config.json", "--methods", "full,lora", "--out", "planned", "--gpus", "rtx-4090"],
    directory,
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Predicted, not measured");
  expect(readFileSync(join(directory, "planned", "plan.md"), "utf8")).toMatch(/lora[\s\S]*Predicted[\s\S]*RTX4090/);
  expect(readFileSync(join(directory, "planned", "plan.html"), "utf8")).toContain("<svg");
  expect(readFileSync(join(directory, "planned", "plan-peak.svg"), "utf8")).toContain("activations");
});

test("plan refuses what it does not know with one line", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "config.json"), JSON.stringify({ d_model: 32 }));
  const cases = [
    [["--backbone", "t5-bse"], 'Did you mean "t5-base"?'],
    [["--backbone", "config.json"], "vocab_size"],
    [["--gpus", "H1000"], 'Did you mean "H100"?'],
    [["--device-memory", "much"], "such as 80GB"],
    [["--methods", "raed"], 'Did you mean "read"?'],
  ] as const;
  for (const [flags, message] of cases) {
    const { stderr, exitCode } = await startBench(["plan", ...flags], directory);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: [^\n]+$/)]);
    expect(stderr).toContain(message);
  }
});
