import { join } from "node:path";
import { readRecords, writeRecord } from "@petl/results";
import { expect, test } from "vitest";
import { parsePeaks } from "../src/commands/plan/parse-peaks.js";
import { startBench, temporaryDirectory, tiny } from "./bench-command.js";

const peaks = "bench:f32=200G,bandwidth=30G,memory=16GB,power=100";

test("a calibrated prediction for what was measured is the measured time, and a GPU's runs name their GPU", async () => {
  const directory = temporaryDirectory();
  const runs = ["glue", ...tiny, "--data", "sample", "--tasks", "sst2", "--methods", "lora,full", "--out", "out"];
  expect((await startBench([...runs, "--batch-size", "4"], directory)).exitCode).toBe(0);
  const { records } = await readRecords(join(directory, "out"));
  expect(records).toHaveLength(2);
  const { examples, sourceTokens, targetTokens } = records[0]!.time!.medianBatch;
  expect(examples).toBe(4);
  const plan = (...flags: string[]) =>
    startBench(
      [
        ...[
          "plan",
          "--backbone",
          "t5-tiny",
          "--methods",
          "lora,full,bitfit",
          "--json",
          "--batch-size",
          String(examples),
        ],
        ...[
          "--max-length",
          String(sourceTokens),
          "--max-target-length",
          String(targetTokens),
          "--calibrate",
          "out",
          ...flags,
        ],
      ],
      directory,
    );

  const { stdout, exitCode } = await plan("--peaks", peaks);
  expect(exitCode).toBe(0);
  const { methods, calibration } = JSON.parse(stdout);
  for (const { run, time } of records) {
    const { predicted } = methods.find(({ method }: { method: string }) => method === run.method);
    expect(predicted).toHaveLength(1); // only the device that was measured
    expect(predicted[0]).toMatchObject({ gpu: "bench", powerShare: 1 });
    expect(predicted[0].stepTimeS / time!.stepMedianS).toBeCloseTo(1, 9);
  }
  const [first, second] = Object.values<{ efficiency: number }>(calibration.byMethod);
  expect(calibration.overall.efficiency).toBeCloseTo(Math.sqrt(first!.efficiency * second!.efficiency), 9);
  const bitfit = methods.find(({ method }: { method: string }) => method === "bitfit");
  expect(bitfit.predicted[0].efficiency).toBeCloseTo(calibration.overall.efficiency, 9);

  const unknown = await plan();
  expect([unknown.exitCode, unknown.stderr]).toEqual([
    2,
    expect.stringMatching(/^error: the runs computed on cpu.*--peaks/),
  ]);

  const [one] = records;
  const window = {
    ...{ grossJ: 7, netJ: null, meanPowerW: 350, durationS: 0.02 },
    ...{ counterJ: null, flags: [], onceAMinute: null },
  };
  await writeRecord(join(directory, "out"), {
    ...one!,
    environment: {
      ...one!.environment,
      gpu: { name: "NVIDIA H100 80GB HBM3", uuid: "GPU-0", driver: "1", powerLimitW: null, mig: null },
    },
    energy: { ...one!.energy!, training: window },
  });
  await writeRecord(join(directory, "out"), { ...records[1]!, status: "cancelled" });
  const onGpu = JSON.parse((await plan()).stdout);
  expect(onGpu.calibration).toMatchObject({ device: "H100", overall: { powerShare: 0.5 } });
  expect(onGpu.calibration.leftOut).toEqual([{ id: records[1]!.id, reason: "it was cancelled" }]);
  expect(onGpu.methods[0].predicted.map(({ gpu }: { gpu: string }) => gpu)).toEqual(["H100"]);
}, 240_000);

test("peaks that are not whole are refused by what is wrong with them", () => {
  const refused = [
    ["x:f32=1T,bandwidth=1T,memory=1GB", "power is missing"],
    ["x:f32=1T,bandwidth=1T,memory=1GB,power=9,speed=3", "speed is not known"],
    ["x:f32=fast,bandwidth=1T,memory=1GB,power=9", "such as 8.1T for f32"],
    ["f32=1T", "Expected NAME:"],
  ] as const;
  for (const [text, message] of refused) expect(() => parsePeaks(text)).toThrow(message);
  expect(parsePeaks("T4:f32=8.1T,bandwidth=320G,memory=16GB,power=70")).toMatchObject({
    ...{ name: "T4", f32FlopsPerS: 8.1e12, tf32FlopsPerS: 8.1e12, f16FlopsPerS: 8.1e12, memoryBytesPerS: 320e9 },
    ...{ memoryBytes: 16e9, powerLimitW: 70 },
  });
});

test("a directory without runs is refused with one line", async () => {
  const { stderr, exitCode } = await startBench(
    ["plan", "--methods", "full", "--calibrate", "nowhere"],
    temporaryDirectory(),
  );
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^error: [^\n]*expected records of runs[^\n]*$/)]);
}, 120_000);
