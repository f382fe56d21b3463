import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { assertIdle, integrate, memoryStatistics, nowS, openMeter, type Trace } from "../src/index.js";
import { type Play, standIn } from "./stand-in/index.js";

async function sample(play: Play, forMs: number, periodMs = 20): Promise<Trace> {
  const meter = await openMeter({ ...standIn(play), periodMs });
  expect(meter.reason).toBeNull();
  await meter.start();
  await sleep(forMs);
  return meter.stop();
}

const codes = (trace: Trace) => trace.problems.map(({ code }) => code);

describe("openMeter", () => {
  it("finds the GPU and every field of a recent driver, through PATH, an option or NVIDIA_SMI", async () => {
    const { env, path } = standIn();
    for (const options of [{ env }, { env: {}, nvidiaSmi: path }, { env: { NVIDIA_SMI: path } }]) {
      const meter = await openMeter(options);
      expect(meter.gpu).toEqual({
        index: 0,
        uuid: "GPU-aaaa0000-stand-in",
        name: "NVIDIA Stand-in 80GB",
        driverVersion: "550.90.12",
        memoryTotalBytes: 81559 * 2 ** 20,
        powerLimitW: 700,
        mig: false,
      });
      expect(meter.fields).toContain("power.draw.instant");
      expect(meter.periodS).toBe(0.05);
    }
  });

  it("does without the fields that an older driver refuses", async () => {
    const meter = await openMeter(standIn({ dialect: "older" }));
    expect(meter.fields).toContain("power.draw");
    expect(meter.fields).not.toContain("power.draw.instant");
    expect(meter.fields).not.toContain("power.draw.average");
    expect(meter.gpu?.driverVersion).toBe("450.80.02");
  });

  it.each<[string, Play | null, RegExp]>([
    ["is not on PATH", null, /^nvidia-smi is not on PATH$/],
    ["finds no devices", { dialect: "no-devices" }, /^nvidia-smi found no devices$/],
    ["cannot reach its driver", { dialect: "broken" }, /^nvidia-smi exited with code 9: NVIDIA-SMI has failed/],
    ["prints without end (R5)", { endless: "all" }, /^nvidia-smi printed more than 1000000 characters$/],
    ["hangs", { hang: "all" }, /^nvidia-smi timed out after 400 ms$/],
  ])("is empty, with the reason in every figure, where nvidia-smi %s", async (_, play, reason) => {
    const env = play ? standIn(play).env : { PATH: "/nonexistent" };
    const meter = await openMeter({ env, timeoutMs: play?.hang ? 400 : 15_000 });
    expect(meter.gpu).toBeNull();
    expect(meter.reason).toMatch(reason);
    await meter.start();
    meter.watch(process.pid);
    const trace = await meter.stop();
    const window = { fromS: trace.startedAtS, toS: trace.stoppedAtS + 1 };
    expect(integrate(trace, window)).toEqual({ value: null, reason: meter.reason });
    expect(memoryStatistics(trace, window)).toEqual({ value: null, reason: meter.reason });
    expect(await assertIdle(meter)).toEqual({ busy: false, usedBytes: null, reason: meter.reason });
  });

  it("R5: ends a stream that never ends its line, with the reason", async () => {
    const { samples, problems } = await sample({ endless: "stream" }, 100);
    expect(samples).toEqual([]);
    expect(problems[0]).toMatchObject({ code: "ended-early" });
    expect(problems[0]?.message).toMatch(/was ended for a line of more than 65536 characters/);
  });

  it("picks a GPU by index, uuid, the beginning of a uuid, or CUDA_VISIBLE_DEVICES, and names those there are", async () => {
    const gpus = [0, 1, 2].map((index) => ({ index, uuid: `GPU-${index}${index}bb-stand-in`, name: `Card ${index}` }));
    const { env } = standIn({ gpus });
    const index = async (gpu: number | string | undefined, visible?: string) =>
      (await openMeter({ ...(gpu === undefined ? {} : { gpu }), env: { ...env, CUDA_VISIBLE_DEVICES: visible } })).gpu
        ?.index;
    expect(await index(2)).toBe(2);
    expect(await index("GPU-11bb-stand-in")).toBe(1);
    expect(await index("GPU-11")).toBe(1);
    expect(await index(undefined)).toBe(0);
    expect(await index(undefined, "2,0")).toBe(2);
    expect(await index(undefined, "")).toBeUndefined();
    await expect(openMeter({ env, gpu: 7 })).rejects.toMatchObject({ code: "E_GPU_NOT_FOUND" });
    await expect(openMeter({ env, gpu: "GPU-" })).rejects.toThrow(
      /got "GPU-"; present: 0 \(Card 0, GPU-00bb-stand-in\)/,
    );
    const hidden = await openMeter({ env: { ...env, CUDA_VISIBLE_DEVICES: "MIG-1" } });
    expect(hidden.reason).toContain(
      'CUDA_VISIBLE_DEVICES is "MIG-1", a MIG slice, which has no power sensor of its own',
    );
  });

  it("refuses a period that is no whole number of milliseconds", async () => {
    await expect(openMeter({ periodMs: 0 })).rejects.toMatchObject({ code: "E_METER_OPTION" });
    await expect(openMeter({ periodMs: 2.5 })).rejects.toThrow(/periodMs is expected to be a whole number/);
  });
});

describe("a meter", () => {
  it("samples a square wave in real time and gives its energy", async () => {
    const originMs = Date.now();
    const signal = { kind: "square", baseW: 100, peakW: 300, periodS: 0.5 } as const;
    const meter = await openMeter({ ...standIn({ signal, originMs }), periodMs: 10 });
    await meter.start();
    const fromS = nowS();
    await sleep(2100);
    const trace = await meter.stop();
    const energy = integrate(trace, { fromS, toS: fromS + 2 }).value;
    expect(energy?.meanPowerW).toBeGreaterThan(194);
    expect(energy?.meanPowerW).toBeLessThan(206);
    expect(energy?.source).toBe("instant");
    expect(trace.samples[0]).toMatchObject({ timedBy: "sensor", memoryUsedBytes: 100 * 2 ** 20, gpuUtilization: 0.5 });
    expect(trace.samples.length).toBeGreaterThan(80);
    expect(trace.problems).toEqual([]);
  });

  it("gives the energy of a constant signal at once over a window that ends with stop", async () => {
    const meter = await openMeter(standIn({ dialect: "older" }));
    await meter.start();
    const fromS = nowS();
    await sleep(500);
    const toS = nowS();
    const energy = integrate(await meter.stop(), { fromS, toS }).value;
    expect(energy?.grossJ).toBeCloseTo(100 * (toS - fromS), 6);
    expect(energy?.source).toBe("draw");
  });

  it("measures the update period of a sensor that holds its value", async () => {
    const signal = { kind: "ramp", baseW: 100, perS: 20 } as const;
    const trace = await sample({ signal, sensorPeriodMs: 100 }, 1800);
    const window = { fromS: trace.samples[0]?.atS ?? 0, toS: trace.samples.at(-1)?.atS ?? 0 };
    const energy = integrate(trace, window).value;
    expect(energy?.updatePeriodS).toBeGreaterThan(0.08);
    expect(energy?.updatePeriodS).toBeLessThan(0.12);
    expect(energy?.readings).toBeLessThan(0.7 * (energy?.samples ?? 0));
  });

  it.each(["[N/A]", "[Not Supported]", "[Unknown Error]"])(
    "takes %s as a missing sensor, never as 0",
    async (absentCell) => {
      const trace = await sample({ dialect: "absent", absentCell }, 100);
      const window = { fromS: trace.startedAtS, toS: trace.stoppedAtS };
      expect(trace.samples.length).toBeGreaterThan(0);
      expect(trace.samples[0]).toMatchObject({
        powerInstantW: null,
        powerDrawW: null,
        memoryUsedBytes: null,
        pstate: null,
      });
      expect(integrate(trace, window)).toEqual({
        value: null,
        reason: "the driver gives no power reading for this GPU",
      });
      expect(memoryStatistics(trace, window).value).toBeNull();
    },
  );

  it("keeps what it has when nvidia-smi dies midway, and leaves out a line cut short", async () => {
    const trace = await sample({ dieAfterMs: 400, cutLastLine: true }, 900);
    expect(trace.samples.length).toBeGreaterThan(3);
    expect(codes(trace)).toEqual(["ended-early", "truncated-line"]);
    expect(trace.problems[0]?.message).toMatch(
      /^nvidia-smi ended with code 11: Segmentation fault.* after \d+ samples$/,
    );
    const fromS = trace.samples[0]?.atS ?? 0;
    expect(integrate(trace, { fromS, toS: fromS + 0.3 }).value?.meanPowerW).toBeCloseTo(100, 6);
    expect(integrate(trace, { fromS, toS: trace.stoppedAtS }).reason).toMatch(
      /before the window does: nvidia-smi ended/,
    );
  });

  it("counts garbage lines and goes on", async () => {
    const trace = await sample({ garbageEvery: 5 }, 600);
    expect(codes(trace)).toEqual(["garbage-lines"]);
    expect(trace.problems[0]?.count).toBeGreaterThan(0);
    expect(trace.problems[0]?.message).toContain("Unable to determine the device handle");
    expect(trace.samples.length).toBeGreaterThan(5);
  });

  it("takes quoted decimal commas for garbage and says so, without waiting for a sample for long", async () => {
    const trace = await sample({ localised: "quoted" }, 0);
    expect(trace.samples).toEqual([]);
    expect(codes(trace)).toEqual(["no-samples", "garbage-lines"]);
    expect(trace.problems[1]?.count).toBeGreaterThanOrEqual(20);
    expect(integrate(trace, { fromS: 0, toS: 1 }).reason).toContain("100,00");
  });

  it("is empty, with the line as the reason, where bare decimal commas make the cells ambiguous", async () => {
    const meter = await openMeter(standIn({ localised: "bare" }));
    expect(meter.reason).toMatch(/^nvidia-smi printed no GPU but ".*100,00/);
  });

  it("uses the arrival time once the driver's clock goes backwards", async () => {
    const trace = await sample({ clockBackAfterMs: 300, clockBackByMs: 5000 }, 800);
    expect(codes(trace)).toEqual(["clock"]);
    const times = trace.samples.map(({ atS }) => atS);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(trace.samples.map(({ timedBy }) => timedBy))).toEqual(new Set(["sensor", "arrival"]));
    const window = { fromS: times[0] ?? 0, toS: times.at(-1) ?? 0 };
    expect(integrate(trace, window).value?.grossJ).toBeCloseTo(100 * (window.toS - window.fromS), 6);
  });

  it("does not wait for ever for a stream that hangs", async () => {
    const meter = await openMeter({ ...standIn({ hang: "stream" }), timeoutMs: 2000 });
    await meter.start();
    const trace = await meter.stop();
    expect(codes(trace)).toEqual(["no-samples"]);
    expect(integrate(trace, { fromS: 0, toS: 1 }).reason).toBe("nvidia-smi gave no sample");
  });

  it("samples the device memory of a process tree, and of no other process", async () => {
    const processes = [
      { pid: process.pid, usedMiB: 1000 },
      { pid: 4_000_001, usedMiB: 7000 },
    ];
    const meter = await openMeter({ ...standIn({ processes, usedMiB: 8000 }), periodMs: 50 });
    await meter.start();
    meter.watch(process.pid);
    await sleep(4500);
    const trace = await meter.stop();
    expect(trace.processMemory.length).toBeGreaterThanOrEqual(2);
    expect(trace.processMemory.every(({ bytes }) => bytes === 1000 * 2 ** 20)).toBe(true);
    const statistics = memoryStatistics(trace, { fromS: trace.startedAtS, toS: trace.stoppedAtS }).value;
    expect(statistics).toMatchObject({ source: "process", peakBytes: 1000 * 2 ** 20, devicePeakBytes: 8000 * 2 ** 20 });
  });

  it.each<[string, Play["processes"], RegExp]>([
    [
      "lists other processes only",
      [{ pid: 4_000_001, usedMiB: 7 }],
      /none of the 1 processes on the device belongs to/,
    ],
    ["lists none", [], /listed no compute process/],
    ["gives no figure", [{ pid: process.pid }], /gives no memory figure per process/],
  ])("falls back to the device's memory, with the reason, where the driver %s", async (_, processes = [], reason) => {
    const meter = await openMeter({ ...standIn({ processes, usedMiB: 300 }), periodMs: 20 });
    await meter.start();
    meter.watch(process.pid);
    await sleep(1500);
    const trace = await meter.stop();
    expect(codes(trace)).toEqual(["process-memory"]);
    expect(trace.problems[0]?.message).toMatch(reason);
    const window = { fromS: trace.startedAtS, toS: trace.stoppedAtS };
    expect(memoryStatistics(trace, window).value).toMatchObject({ source: "device", peakBytes: 0 });
  });

  it("can be started again, and says so when started or stopped out of turn", async () => {
    const meter = await openMeter({ ...standIn(), periodMs: 20 });
    await expect(meter.stop()).rejects.toMatchObject({ code: "E_METER_STATE" });
    for (const _ of [1, 2]) {
      await meter.start();
      await expect(meter.start()).rejects.toThrow(/start\(\) was called on a meter that is already started/);
      expect((await meter.stop()).samples.length).toBeGreaterThan(0);
    }
  });
});

const built = fileURLToPath(new URL("../dist/index.js", import.meta.url));

describe.runIf(process.platform === "linux" && existsSync(built))("the sampling processes of a built meter", () => {
  it("end when the process that samples is killed", async () => {
    const { env, path } = standIn();
    const script = `import { openMeter } from ${JSON.stringify(built)};
      const meter = await openMeter({ nvidiaSmi: ${JSON.stringify(path)} });
      await meter.start();
      meter.watch(process.pid);
      console.log("sampling");
      setInterval(() => {}, 1000);`;
    const args = ["--input-type=module", "-e", script];
    const parent = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    await once(parent.stdout, "data");
    await expect.poll(() => running(path)).toBeGreaterThanOrEqual(4); // two queries, of which one prints nothing, and their guards
    parent.kill("SIGKILL");
    await expect.poll(() => running(path), { timeout: 5000 }).toBe(0);
  });
});

/** Number of processes that run this executable or guard one that does. */
function running(path: string): number {
  const pids = readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(path);
    } catch {
      return false;
    }
  }).length;
}

describe("assertIdle", () => {
  const processes = [{ pid: 4242, usedMiB: 900 }];

  it("refuses a device that holds more than the limit, and names who holds it and what to do", async () => {
    const meter = await openMeter(standIn({ usedMiB: 1000, processes }));
    await expect(assertIdle(meter)).rejects.toMatchObject({
      code: "E_DEVICE_BUSY",
      data: { usedBytes: 1000 * 2 ** 20 },
    });
    await expect(assertIdle(meter)).rejects.toThrow(
      /at most 500 MB, it holds 1049 MB: pid 4242 \(944 MB\)\..*--allow-busy/,
    );
    await expect(assertIdle(meter, { limitBytes: 2e9 })).resolves.toMatchObject({ busy: false });
  });

  it("goes on with a busy device where that is allowed, and says so", async () => {
    const meter = await openMeter(standIn({ usedMiB: 1000 }));
    expect(await assertIdle(meter, { allowBusy: true })).toEqual({
      busy: true,
      usedBytes: 1000 * 2 ** 20,
      reason: null,
    });
  });
});
