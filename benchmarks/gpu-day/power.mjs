// The power sensor at rest and while products load the card in a square wave: the driver's lines as they came, with the time of each, and
// what they say of the sensor's update period and of the driver's fields beside its energy counter.
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { writeWholeSync } from "@petl/files";
import {
  counterEnergy,
  idlePower,
  integrate,
  nowS,
  openMeter,
  powerReadings,
  updatePeriod,
  writeTraceCsv,
} from "@petl/meter";
import { execa } from "execa";
import { thisPart } from "./part.mjs";
import { Sides } from "./sides.mjs";

const part = thisPart("power");
const sensors = ["instant", "average", "draw"];
const [restS, samplingMs] = part.isRehearsal ? [1, 20] : [4, 20];
/** A slow wave shows each field's rise and mean, a fast one what a sensor that sees a part of the time makes of it. */
const waves = part.isRehearsal
  ? [{ periodS: 1, cycles: 2 }]
  : [
      { periodS: 2, cycles: 5 },
      { periodS: 0.5, cycles: 12 },
    ];

const meter = await openMeter({ gpu: part.gpu, periodMs: samplingMs });
if (meter.gpu === null) {
  part.save({ gpu: null, reason: meter.reason });
  console.log(`no power: ${meter.reason}`);
} else await measure();

async function measure() {
  const sides = new Sides(part);
  const raw = recordLines();
  await meter.start();
  const rest = await rested();
  const loaded = [];
  for (const wave of waves) {
    if (part.leftS() < wave.periodS * wave.cycles + 2 * restS) break;
    const question = { what: "squareWave", size: part.isRehearsal ? 16 : 2048, ...wave };
    const { marks, error } = await sides.ask("ours f32", question, part.leftS() - restS);
    loaded.push({ ...wave, marks: marks ?? [], reason: error ?? null });
  }
  sides.end();
  await delay(1000); // the mean of a second falls
  const restAfter = await rested();
  const trace = await meter.stop();
  await writeTraceCsv(part.raw("power-trace.csv"), trace);
  writeWholeSync(part.raw("nvidia-smi-lines.jsonl"), raw.stop());
  const whole = { fromS: rest.fromS, toS: restAfter.toS };
  part.save({
    gpu: meter.gpu,
    reason: null,
    ...{ samplingMs, fields: meter.fields, rest, restAfter, waves: loaded },
    sensors: Object.fromEntries(
      sensors.map((source) => [source, sensorFigures(trace, source, { rest, loaded, whole })]),
    ),
    counter: counterFigures(trace, whole),
    problems: trace.problems,
    files: ["raw/power-trace.csv", "raw/nvidia-smi-lines.jsonl"],
  });
  console.log(`${meter.gpu.name}: ${trace.samples.length} samples, ${trace.problems.length} problems`);
}

async function rested() {
  const fromS = nowS();
  await delay(1000 * restS);
  return { fromS, toS: nowS() };
}

/** What nvidia-smi prints, each line with the moment it came: a recording that a stand-in can play again. */
function recordLines() {
  const flags = [`--query-gpu=${meter.fields.join(",")}`, "--format=csv,noheader,nounits", "-lms", String(samplingMs)];
  const args = [...flags, "-i", meter.gpu.uuid ?? String(meter.gpu.index)];
  const command = process.env.NVIDIA_SMI || "nvidia-smi";
  const lines = [JSON.stringify({ command: "nvidia-smi", args, fields: meter.fields, gpu: meter.gpu })];
  const child = execa(command, args, { stdin: "ignore", reject: false, buffer: false, env: { LC_ALL: "C" } });
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(JSON.stringify({ atS: nowS(), line })));
  return {
    stop() {
      child.kill("SIGKILL");
      return `${lines.join("\n")}\n`;
    },
  };
}

/** What one power field says: how often it changes, at rest, and while the wave was high and low. */
function sensorFigures(trace, source, { rest, loaded, whole }) {
  const found = powerReadings(trace, source);
  if (found.value === null) return { value: null, reason: found.reason };
  const { readings } = found.value;
  const period = updatePeriod(trace, source);
  return {
    value: {
      updatePeriod: period.value,
      updateReason: period.reason,
      idleW: idlePower(trace, rest, { source }).value?.powerW ?? null,
      energyJ: integrate(trace, whole, { source }).value?.grossJ ?? null,
      mostW: Math.max(...readings.map(({ powerW }) => powerW)),
      waves: loaded.map(({ periodS, marks }) => ({ periodS, ...waveFigures(trace, readings, marks, source) })),
    },
    reason: null,
  };
}

/** Mean over whole periods, the ends of the swing, and how long after a rise half of it was read. */
function waveFigures(trace, readings, marks, source) {
  if (marks.length < 2) return { meanW: null, lowW: null, highW: null, riseS: null };
  const mean = integrate(trace, { fromS: marks[0].fromS, toS: marks.at(-1).fromS }, { source });
  const inside = readings
    .filter(({ atS }) => atS >= marks[0].fromS && atS <= marks.at(-1).toS)
    .map(({ powerW }) => powerW);
  if (mean.value === null || inside.length === 0) return { meanW: null, lowW: null, highW: null, riseS: null };
  const [lowW, highW] = [Math.min(...inside), Math.max(...inside)];
  const rises = marks.flatMap(({ fromS, toS }) => {
    const first = readings.find(({ atS, powerW }) => atS >= fromS && powerW > (lowW + highW) / 2);
    return first === undefined || first.atS > toS ? [] : [first.atS - fromS];
  });
  const riseS = rises.length === 0 ? null : rises.sort((a, b) => a - b)[rises.length >> 1];
  return { meanW: mean.value.meanPowerW, lowW, highW, riseS };
}

/** The driver's energy counter: how often it changes, and its joules of the whole part. */
function counterFigures(trace, whole) {
  if (trace.counter.value === null) return { value: null, reason: trace.counter.reason };
  const changes = trace.counter.value.filter(({ totalJ }, index, all) => index > 0 && totalJ !== all[index - 1].totalJ);
  const gaps = changes.slice(1).map(({ atS }, index) => atS - changes[index].atS);
  const counted = counterEnergy(trace.counter, whole);
  return {
    value: {
      readings: trace.counter.value.length,
      updateS: gaps.length === 0 ? null : gaps.sort((a, b) => a - b)[gaps.length >> 1],
      energyJ: counted.value?.grossJ ?? null,
      energyReason: counted.reason,
    },
    reason: null,
  };
}
