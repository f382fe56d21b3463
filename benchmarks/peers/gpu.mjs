// All methods on a GPU, here and in PyTorch + PEFT, in one call: step time, tokens/s, memory, power and energy as one JSON.
// node benchmarks/peers/gpu.mjs --json=FILE [--python=python3] [--device=webgpu] [--gpu=0] [--backbones=base,small,large]
//   [--batches=32,100] [--methods=...] [--precisions=f32,tf32,bf16] [--tokens=128] [--targets=8] [--seconds=2] [--budget=540]
//   [--vocabulary=32128] [--torch-device=cuda]
// To try it without a GPU (minutes): --gpu=software --torch-device=cpu --backbones=tiny --batches=2 --tokens=16 --vocabulary=512
// Arms are begun in the order of the flags until the budget (seconds) is spent; what was not begun is named in the record.
import { readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { idlePower, integrate, memoryStatistics, netEnergy, openMeter, updatePeriod } from "@petl/meter";
import { median } from "simple-statistics";
import { startPeer } from "./peer.mjs";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));
const every = readdirSync(packages).flatMap((name) => /^method-(?!testkit)(.+)$/.exec(name)?.[1] ?? []);
const { values: flags } = parseArgs({
  options: {
    json: { type: "string" },
    python: { type: "string", default: "python3" },
    device: { type: "string", default: "webgpu" },
    gpu: { type: "string", default: "0" },
    backbones: { type: "string", default: "base,small,large" },
    batches: { type: "string", default: "32,100" },
    methods: { type: "string", default: ["full", ...every.filter((name) => name !== "full")].join(",") },
    precisions: { type: "string", default: "f32,tf32,bf16" },
    tokens: { type: "string", default: "128" },
    targets: { type: "string", default: "8" },
    vocabulary: { type: "string", default: "32128" },
    "torch-device": { type: "string", default: "cuda" },
    seconds: { type: "string", default: "2" },
    budget: { type: "string", default: "540" },
  },
});
const geometries = {
  tiny: { width: 64, feedForward: 128, layers: 2 },
  small: { width: 512, feedForward: 2048, layers: 6 },
  base: { width: 768, feedForward: 3072, layers: 12 },
  large: { width: 1024, feedForward: 4096, layers: 24 },
};
const list = (text) => text.split(",").filter((item) => item !== "");
const [tokens, targets, seconds] = [flags.tokens, flags.targets, flags.seconds].map(Number);
const gpu = flags.gpu === "software" ? "software" : Number(flags.gpu);
const deadline = performance.now() + 1000 * Number(flags.budget);
const isLate = () => performance.now() > deadline;
const restS = 1;
const nowS = () => (performance.timeOrigin + performance.now()) / 1000;

const meter = await openMeter(typeof gpu === "number" ? { gpu } : {});
const results = [];
const left = [];
const allVersions = {};
const engines = [flags.device, ...list(flags.precisions)];
for (const backbone of list(flags.backbones))
  for (const batch of list(flags.batches).map(Number))
    for (const engine of engines) {
      if (isLate()) left.push({ backbone, batch, engine });
      else await runEngine({ backbone, batch, engine });
    }

/** One engine on one size: a process that runs each method in turn while the card is sampled from here. */
async function runEngine({ backbone, batch, engine }) {
  const request = {
    ...geometries[backbone],
    vocabulary: Number(flags.vocabulary),
    batch,
    tokens,
    targets,
    readHidden: 256,
  };
  const isOurs = engine === flags.device;
  const [command, file, extra] = isOurs
    ? [process.execPath, "./gpu-peer.mjs", { device: engine, gpu }]
    : [flags.python, "./torch_peer.py", { device: flags["torch-device"], precision: engine, threads: cpus().length }];
  if (meter.gpu !== null) await meter.start();
  const arms = [];
  let versions = null;
  let problem = null;
  let peer = null;
  try {
    const restedFromS = nowS();
    await delay(1000 * restS);
    const idle = { fromS: restedFromS, toS: nowS() };
    for (const method of list(flags.methods)) {
      if (isLate()) {
        left.push({ backbone, batch, engine, method });
        continue;
      }
      peer ??= await startPeer(command, file, { ...request, ...extra });
      versions = peer.versions;
      const ended = (error) => ({ error: error.message.trim().split("\n").at(-1), ended: true });
      const { ended: isOver, ...answer } = await peer.ask({ method, seconds, warmUp: 3 }).catch(ended);
      arms.push({ method, idle, ...answer });
      const outcome = answer.error ?? `${median(answer.ms).toFixed(1)} ms`;
      console.error(`${backbone} ${batch} ${engine} ${method}: ${outcome}`);
      // a GPU device that has failed, with a full memory say, stays failed: the next method gets a new process
      if (isOver || (isOurs && answer.error !== undefined)) {
        peer.end();
        peer = null;
      }
    }
  } catch (error) {
    problem = error.message;
    console.error(`${backbone} ${batch} ${engine}: ${problem}`);
  }
  peer?.end();
  const trace = meter.gpu === null ? null : await meter.stop();
  for (const arm of arms) results.push({ backbone, batch, engine, ...figures(arm, batch, trace) });
  if (problem !== null) results.push({ backbone, batch, engine, method: null, error: problem });
  save({ [`${backbone} ${batch} ${engine}`]: versions });
}

/** What a window cost; energies are null with their reason where there is no sensor. */
function figures({ method, idle, error, ...arm }, batch, trace) {
  if (error !== undefined) return { method, error };
  const { ms, fromS, toS, ...rest } = arm;
  const window = { fromS, toS };
  const gross = trace === null ? { value: null, reason: meter.reason } : integrate(trace, window);
  const net = trace === null ? gross : netEnergy(gross, [idlePower(trace, idle)]);
  const memory = trace === null ? gross : memoryStatistics(trace, window, { baseline: idle });
  const thousands = (ms.length * batch) / 1000;
  return {
    ...{ method, steps: ms.length, stepMs: median(ms), leastMs: Math.min(...ms), mostMs: Math.max(...ms) },
    tokensPerS: (1000 * batch * tokens) / median(ms),
    ...rest,
    deviceBytes: memory.value,
    meanPowerW: gross.value?.meanPowerW ?? null,
    energyPerThousandJ: gross.value === null ? null : gross.value.grossJ / thousands,
    netEnergyPerThousandJ: net.value === null ? null : net.value.netJ / thousands,
    energyReason: gross.reason ?? net.reason ?? null,
    energyFlags: gross.value?.flags ?? null,
    powerTrace: trace?.samples.filter(({ atS }) => atS >= fromS && atS <= toS).map((sample) => sample) ?? null,
    updatePeriodS: trace === null ? null : (updatePeriod(trace).value?.periodS ?? null),
  };
}

/** Written after each engine, so that a machine that is taken away leaves what was measured. */
function save(versions) {
  Object.assign(allVersions, versions);
  const record = {
    ...{ when: new Date().toISOString(), processor: cpus()[0]?.model, gpu: meter.gpu, noGpu: meter.reason ?? null },
    ...{ tokens, targets, seconds, versions: allVersions, results: withRatios(results), left },
  };
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(record, null, 1)}\n`);
}

/** Each arm against full tuning of its own engine, and against PyTorch's of the same method; above 1 is faster than PyTorch. */
function withRatios(all) {
  const find = (arm, wanted) =>
    all.find((each) =>
      ["backbone", "batch", "engine", "method"].every((key) => each[key] === { ...arm, ...wanted }[key]),
    );
  return all.map((arm) => {
    if (arm.stepMs === undefined) return arm;
    const full = find(arm, { method: "full" });
    const torch = Object.fromEntries(
      list(flags.precisions).map((engine) => [engine, (find(arm, { engine })?.stepMs ?? Number.NaN) / arm.stepMs]),
    );
    return { ...arm, ofFull: full?.stepMs === undefined ? null : arm.stepMs / full.stepMs, timesTorch: torch };
  });
}

const table = withRatios(results).map((arm) => ({
  ...{ backbone: arm.backbone, batch: arm.batch, engine: arm.engine, method: arm.method },
  ...(arm.error !== undefined && { error: arm.error.slice(0, 60) }),
  ...(arm.stepMs !== undefined && {
    "ms/step": +arm.stepMs.toFixed(1),
    "tokens/s": Math.round(arm.tokensPerS),
    "tensor MB": Math.round(arm.peakBytes / 1e6),
    "device MB": arm.deviceBytes === null ? null : Math.round(arm.deviceBytes.peakBytes / 1e6),
    W: arm.meanPowerW && Math.round(arm.meanPowerW),
    "J/1000": arm.energyPerThousandJ && Math.round(arm.energyPerThousandJ),
    "x torch f32": +(arm.timesTorch.f32 ?? Number.NaN).toFixed(2),
  }),
}));
console.table(table);
save({});
if (left.length > 0) console.error(`${left.length} arms were not begun: the budget of ${flags.budget} s was spent`);
process.exit(0); // whatever a device left running
