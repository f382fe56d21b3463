import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readRecords, recordPath } from "@petl/results";
import { expect, test, vi } from "vitest";
import { standIn } from "../../../measuring/meter/test/stand-in/index.js";
import { runSuite } from "../src/run/run-suite.js";
import { planSuite } from "../src/suite/plan.js";
import { parseSuite } from "../src/suite/schema.js";
import { directoryOf, glueFiles, packageOf, projectListing } from "./files.js";

const cpu = new URL("../../../devices/cpu/dist/index.js", import.meta.url).href;
/** Computes on the CPU under another name, so that a run is watched as one on a GPU; nvidia-smi is played by a stand-in. */
const device = `
async function open({ gpu, ...options }) {
  const { default: cpu } = await import(${JSON.stringify(cpu)});
  const device = await cpu.open(options);
  return { ...device, name: "fake", details: { ...device.details, gpu } };
}
export default { name: "fake", probe: async () => ({ usable: true, reason: "" }), open };`;

async function planOnFakeGpu(directory: string, methods = ["bitfit"]) {
  const suite = parseSuite(
    {
      name: "gpu",
      methods: methods.map((method) => ({ method })),
      tasks: ["sst2"],
      backbone: "t5-tiny-random",
      data: join(directory, "glue"),
      device: "fake",
      settings: { steps: 20, batchSize: 2 },
    },
    "test",
  );
  return planSuite(suite, { directory });
}

test("a run on a GPU is sampled from outside: energy, memory and a trace beside the record", async () => {
  const directory = directoryOf({
    ...glueFiles,
    ...projectListing("@petl/device-fake"),
    ...packageOf("node_modules/@petl/device-fake", "@petl/device-fake", device),
  });
  const { path } = standIn({ signal: { kind: "constant", baseW: 100 }, usedMiB: 900 });
  vi.stubEnv("NVIDIA_SMI", path);
  const out = join(directory, "out");
  const plan = await planOnFakeGpu(directory);
  await runSuite(plan, { out, allowBusy: true, signal: new AbortController().signal, onEvent: () => {} });
  vi.unstubAllEnvs();

  const [record] = (await readRecords(out)).records;
  expect(record).toMatchObject({
    status: "completed",
    run: { device: "fake" },
    environment: { gpu: { name: "NVIDIA Stand-in 80GB" } },
  });
  const { energy, memory, time } = record!;
  expect(energy?.source).toBe("nvidia-smi power.draw (instant)");
  expect(energy?.training?.durationS).toBeCloseTo(time!.trainTimeS, 6);
  expect(energy!.training!.grossJ! / time!.trainTimeS).toBeCloseTo(100, 1);
  expect(energy?.training?.netJ).toBeCloseTo(0, 1);
  expect(energy?.idlePowerW).toBeCloseTo(100, 1);
  expect(memory?.device).toMatchObject({ baselineBytes: 900 * 2 ** 20, peakBytes: 0, reason: null });
  expect(record?.environment.deviceDetails.heldByOthersBytes).toBe(900 * 2 ** 20);
  expect(energy?.training).toMatchObject({ counterJ: null });
  expect(energy?.counterReason).toContain("does not load");
  expect(record?.conditions).toMatchObject({ meanTemperatureC: 41, pstates: ["P0"], powerLimitW: 700, coolDownS: 0 });
  const trace = recordPath(out, record!.id).replace(/json$/, "csv");
  const sha256 = createHash("sha256").update(readFileSync(trace)).digest("hex");
  expect(record?.trace).toEqual({ file: basename(trace), sha256 });
  expect(record?.backboneSource?.paramsSha256).toMatch(/^[0-9a-f]{64}$/);
});

test("a GPU that others use is refused before the first run unless that is allowed", async () => {
  const directory = directoryOf({
    ...glueFiles,
    ...projectListing("@petl/device-fake"),
    ...packageOf("node_modules/@petl/device-fake", "@petl/device-fake", device),
  });
  vi.stubEnv("NVIDIA_SMI", standIn({ usedMiB: 900 }).path);
  const out = join(directory, "out");
  const run = runSuite(await planOnFakeGpu(directory), {
    out,
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  await expect(run).rejects.toMatchObject({ code: "E_DEVICE_BUSY" });
  vi.unstubAllEnvs();
  expect((await readRecords(out)).records).toEqual([]);
});

test("with several GPUs one run goes on on each, and is sampled there", async () => {
  const directory = directoryOf({
    ...glueFiles,
    ...projectListing("@petl/device-fake"),
    ...packageOf("node_modules/@petl/device-fake", "@petl/device-fake", device),
  });
  const gpus = ["one", "two"].map((name, index) => ({ index, uuid: `GPU-${name}`, name: `GPU ${name}` }));
  vi.stubEnv("NVIDIA_SMI", standIn({ gpus }).path);
  const out = join(directory, "out");
  const plan = await planOnFakeGpu(directory, ["bitfit", "read"]);
  const signal = new AbortController().signal;
  await runSuite(plan, { out, gpus: "all", allowBusy: true, coolDownS: 0, signal, onEvent: () => {} });
  vi.unstubAllEnvs();
  const { records } = await readRecords(out);
  const places = records.map(({ environment: { gpu, deviceDetails } }) => `${gpu?.name} as ${deviceDetails.gpu}`);
  expect(places.sort()).toEqual(["GPU one as 0", "GPU two as 1"]);
  for (const { status, energy } of records)
    expect({ status, source: energy?.source }).toEqual({
      status: "completed",
      source: "nvidia-smi power.draw (instant)",
    });
});
