import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory } from "./bench-command.js";

/** Prints the child's peak memory in kB as it ends. */
const report = "data:text/javascript,process.on('exit',()=>console.error('rss='+process.resourceUsage().maxRSS))";

test("plan: T5-11B with every method takes less than 2 GB", async () => {
  const { stdout, stderr, exitCode } = await startBench(
    ["plan", "--backbone", "t5-11b", "--json", "--device-memory", "80GB"],
    temporaryDirectory(),
    { NODE_OPTIONS: `--import ${report}` },
  );
  expect(stderr).toMatch(/^left out: qst: expected .+, got the encoder-decoder t5-11b$/m);
  const [, rssKb] = /^rss=(\d+)$/m.exec(stderr) ?? [];
  expect([exitCode, rssKb]).toEqual([0, expect.any(String)]);
  const plan = JSON.parse(stdout);
  expect(plan.methods.length).toBeGreaterThanOrEqual(5);
  for (const { totalParams } of plan.methods) expect(totalParams).toBeGreaterThanOrEqual(11_307_321_344);
  expect(Number(rssKb) * 1024).toBeLessThan(2e9);
}, 240_000);

test("plan --json has the documented fields, and tells arms of one method apart", async () => {
  const command = ["plan", "--backbone", "t5-tiny", "--methods", "full", "--method", "read:hidden=8", "--json"];
  const { stdout, exitCode } = await startBench(command, temporaryDirectory());
  expect(exitCode).toBe(0);
  const plan = JSON.parse(stdout);
  expect(plan).toMatchObject({
    backbone: "t5-tiny",
    settings: { batchSize: 32, maxLength: 128, maxTargetLength: 8 },
  });
  const [full, read] = plan.methods;
  expect(full).toMatchObject({ method: "full", relativeToFull: 1, largestBatch: null });
  expect(read.config).toMatchObject({ hidden: 8 });
  expect(read.relativeToFull).toBeLessThan(0.7);
  const { total, kept, ...parts } = read.peakBytes;
  expect(kept).toBeLessThan(full.peakBytes.kept);
  expect(full.recomputedPeakBytes.kept).toBeLessThan(full.peakBytes.kept);
  expect(Object.keys(parts)).toEqual(["backbone", "method", "gradients", "optimizer", "activations", "inputs"]);
  expect(Object.values<number>(parts).reduce((sum, part) => sum + part)).toBe(total);
  for (const key of ["forwardFlops", "backwardFlops", "bytesMoved"]) expect(read[key]).toBeGreaterThan(0);
  expect(read.predicted.map(({ gpu }: { gpu: string }) => gpu)).toContain("H100");
});

test("plan reads a config.json, writes the report and calls predictions predicted", async () => {
  const directory = temporaryDirectory();
  const geometry = { model_type: "t5", vocab_size: 100, d_model: 32, d_kv: 8, d_ff: 64, num_layers: 2, num_heads: 4 };
  writeFileSync(join(directory, "config.json"), JSON.stringify(geometry));
  const { stdout, exitCode } = await startBench(
    ["plan", "--backbone", "config.json", "--methods", "full,lora", "--out", "written", "--gpus", "rtx-4090"],
    directory,
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Predicted, not measured");
  expect(readFileSync(join(directory, "written", "forecast.md"), "utf8")).toMatch(/lora[\s\S]*Predicted[\s\S]*RTX4090/);
  expect(readFileSync(join(directory, "written", "forecast.html"), "utf8")).toContain("<svg");
  expect(readFileSync(join(directory, "written", "forecast-peak.svg"), "utf8")).toContain("kept for backward");
});

test("plan prints tables of at most 100 columns; --details has the rest, and --rows predicts times and costs", async () => {
  const arms = ["--backbone", "t5-tiny", "--methods", "full,lora", "--method", "read:hidden=8"];
  const length = ["--gpus", "H100,B200,RTX5090,MI300X", "--rows", "1000", "--epochs", "2", "--price-per-hour", "3600"];
  const directory = temporaryDirectory();
  const short = await startBench(["plan", ...arms], directory);
  expect(short.stdout).toMatch(/method +trainable +peak memory +of full\n/);
  expect(short.stdout).not.toContain("FLOPs of");
  const long = await startBench(["plan", ...arms, ...length, "--device-memory", "1GB", "--details"], directory);
  expect([short.exitCode, long.exitCode]).toEqual([0, 0]);
  expect(long.stdout).toContain("Predicted, not measured: 64 steps (1,000 rows, 2 epochs)");
  for (const part of ["batch in 1 GB", "optimizer", "backward through", "MI300X"]) expect(long.stdout).toContain(part);
  expect(long.stdout).not.toMatch(/0\.0000/); // a unit that suits each figure
  for (const line of [...short.stdout.split("\n"), ...long.stdout.split("\n")])
    if (line.startsWith("  ")) expect(line.length).toBeLessThanOrEqual(100);
}, 240_000);

test("plan refuses a named method that the backbone is not for", async () => {
  const command = ["plan", "--backbone", "t5-tiny", "--methods", "full,qst"];
  const { stderr, exitCode } = await startBench(command, temporaryDirectory());
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^error: qst: expected .+, got the encoder-decoder t5-tiny$/);
});

test("plan refuses what it does not know with one line", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "config.json"), JSON.stringify({ model_type: "t5", d_model: 32 }));
  writeFileSync(join(directory, "gpt2.json"), JSON.stringify({ model_type: "gpt2" }));
  const cases = [
    [["--backbone", "t5-bse"], 'Did you mean "t5-base"?'],
    [["--backbone", "config.json"], "vocab_size"],
    [["--backbone", "gpt2.json"], 'got "gpt2", which is not supported'],
    [["--backbone", "google/flan-t5-small"], "pass the repository's config.json"],
    [["--gpus", "H1000"], 'Did you mean "H100"?'],
    [["--device-memory", "much"], "such as 80GB"],
    [["--device-memory", "80"], "such as 80GB"],
    [["--rows", "1000"], "name it with --gpus"],
    [["--price-per-hour", "2"], "add --rows"],
    [["--methods", "raed"], 'Did you mean "read"?'],
  ] as const;
  for (const [flags, message] of cases) {
    const { stderr, exitCode } = await startBench(["plan", ...flags], directory);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: [^\n]+$/)]);
    expect(stderr).toContain(message);
  }
});
