// Training steps of each method here and in PyTorch + PEFT, by turns, while the card is sampled from this process.
import { setTimeout as delay } from "node:timers/promises";
import { makeDirectory } from "@petl/files";
import { idlePower, integrate, memoryStatistics, netEnergy, nowS, openMeter, writeTraceCsv } from "@petl/meter";
import { median, quantile } from "simple-statistics";
import { configFields, geometryOf, readHidden } from "../random-model.mjs";
import { armsOf, sizesOf } from "./arms.mjs";
import { thisPart } from "./part.mjs";
import { engines, Sides } from "./sides.mjs";

const part = thisPart("training");
const sizes = sizesOf(part);
const [seconds, warmUp, armLimitS, restS] = part.isRehearsal ? [0, 1, 60, 0.2] : [2, 3, 60, 2];
const leastS = part.isRehearsal ? 2 : 6; // what an arm takes at least

const sides = new Sides(part);
const meter = await openMeter({ gpu: part.gpu });
const geometries = new Map();
const arms = [];
const notBegun = [];
let idle = { value: null, reason: meter.reason };
makeDirectory(part.raw("traces"));

function save() {
  part.save({
    ...{ gpu: meter.gpu, powerReason: meter.reason, ...sizes, seconds, warmUp },
    ...{ idle, versions: sides.versions, arms, notBegun },
  });
}

/** What the card draws at rest, before any process of this part is on it. */
async function measureIdle() {
  if (meter.gpu === null) return;
  await meter.start();
  const fromS = nowS();
  await delay(1000 * restS);
  const toS = nowS();
  idle = idlePower(await meter.stop(), { fromS, toS });
}

async function measureArm({ backbone, batch, method, engine }) {
  const arm = { backbone, batch, method, engine };
  const refusal = sides.refusalOf(engine);
  if (refusal !== null) return { ...arm, status: "refused", reason: refusal };
  const smaller = arms.find(
    (each) => each.backbone === backbone && each.method === method && each.engine === engine && each.batch < batch,
  );
  if (isOutOfMemory(smaller?.reason))
    return { ...arm, status: "failed", reason: `batch ${smaller.batch} was too large already: ${smaller.reason}` };
  const geometry = await known(backbone);
  const question = {
    ...arm,
    ...sizes,
    seconds,
    warmUp,
    config: configFields(geometry),
    readHidden: readHidden(geometry),
  };
  const file = `traces/${[backbone, batch, method, engine].join("-").replaceAll(" ", "-")}.csv`;
  if (meter.gpu !== null) await meter.start();
  const restedFromS = nowS();
  await delay(100);
  const rested = { fromS: restedFromS, toS: nowS() };
  const kernels = engines[engine].side === "ours";
  const { error, isLate, isRefused, ...answer } = await sides.ask(
    engine,
    { what: "steps", kernels, ...question },
    Math.min(armLimitS, part.leftS()),
  );
  const trace = meter.gpu === null ? null : await meter.stop();
  if (error !== undefined) {
    console.log(`${backbone} ${batch} ${method}, ${engine}: ${error}`);
    return { ...arm, status: isLate ? "late" : isRefused ? "refused" : "failed", reason: error };
  }
  if (trace !== null) await writeTraceCsv(part.raw(file), trace);
  console.log(`${backbone} ${batch} ${method}, ${engine}: ${median(answer.ms).toFixed(1)} ms`);
  return { ...arm, status: "measured", reason: null, ...figures(answer, batch, trace, rested) };
}

async function known(backbone) {
  if (!geometries.has(backbone)) geometries.set(backbone, await geometryOf(backbone));
  return geometries.get(backbone);
}

const isOutOfMemory = (reason) => /memory|allocat/i.test(reason ?? "");

/** What a window cost; energies are null with their reason where there is no sensor. */
function figures({ ms, fromS, toS, ...rest }, batch, trace, rested) {
  const window = { fromS, toS };
  const nothing = { value: null, reason: meter.reason };
  const gross = trace === null ? nothing : integrate(trace, window);
  const net = trace === null ? nothing : netEnergy(gross, [idle]);
  const memory = trace === null ? nothing : memoryStatistics(trace, window, { baseline: rested });
  const thousands = (ms.length * batch) / 1000;
  return {
    ...{ steps: ms.length, stepMs: median(ms), leastMs: Math.min(...ms), mostMs: Math.max(...ms) },
    middleHalfMs: [quantile(ms, 0.25), quantile(ms, 0.75)],
    tokensPerS: (1000 * batch * sizes.tokens) / median(ms),
    ...rest,
    deviceBytes: memory.value?.peakBytes ?? null,
    deviceReason: memory.reason,
    meanPowerW: gross.value?.meanPowerW ?? null,
    grossJPerThousand: gross.value === null ? null : gross.value.grossJ / thousands,
    netJPerThousand: net.value === null ? null : net.value.netJ / thousands,
    energyReason: gross.reason ?? net.reason ?? null,
    energyFlags: gross.value?.flags ?? null,
    updatePeriodS: gross.value?.updatePeriodS ?? null,
  };
}

await measureIdle();
await sides.open(["ours f16", "ours f32", "torch bf16"]); // what a process holds by itself is in each arm's baseline
for (const arm of armsOf(part).slice(0, part.arms ?? Number.POSITIVE_INFINITY)) {
  if (part.leftS() < leastS) notBegun.push(arm);
  else arms.push(await measureArm(arm));
  save();
}
save();
sides.end();
process.exit(0); // whatever a device left running
