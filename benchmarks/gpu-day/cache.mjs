// READ with and without the activation cache beside full fine-tuning: time and energy of every epoch of a small training set.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { idlePower, integrate, netEnergy, nowS, openMeter, writeTraceCsv } from "@petl/meter";
import { complaintOf } from "../peers/peer.mjs";
import { sizesOf } from "./arms.mjs";
import { thisPart } from "./part.mjs";

const part = thisPart("cache");
const epochs = part.isRehearsal ? 3 : 20;
const shape = part.isRehearsal
  ? { backbone: "t5-tiny", batch: 2, stepsAnEpoch: 1, warmUpEpochs: 0 }
  : { backbone: "t5-base", batch: 32, stepsAnEpoch: 4, warmUpEpochs: 2 };
const sizes = sizesOf(part);
const runs = [
  { method: "read", mode: "auto", precision: "f16" },
  { method: "read", mode: "off", precision: "f16" },
  { method: "full", mode: "off", precision: "f16" },
  { method: "read", mode: "auto", precision: "f32" },
  { method: "read", mode: "off", precision: "f32" },
  { method: "full", mode: "off", precision: "f32" },
].filter(({ precision, method }) => !part.isRehearsal || (precision === "f32" && method === "read"));
const runLimitS = part.isRehearsal ? 70 : 40;

const meter = await openMeter({ gpu: part.gpu });
let idle = { value: null, reason: meter.reason };
if (meter.gpu !== null) {
  await meter.start();
  const fromS = nowS();
  await delay(1000);
  const toS = nowS();
  idle = idlePower(await meter.stop(), { fromS, toS });
}
const results = [];
const notBegun = [];
const save = () =>
  part.save({ ...shape, ...sizes, epochs, gpu: meter.gpu, powerReason: meter.reason, idle, runs: results, notBegun });
for (const run of runs.slice(0, part.arms ?? runs.length)) {
  if (part.leftS() < 3) notBegun.push(run);
  else results.push(await trained(run));
  save();
}
save();

/** One training in a process of its own: what it said of each epoch, and why it ended if it did so early. */
async function trained(run) {
  if (meter.gpu !== null) await meter.start();
  const { marks, figures, reason } = await train(run, Math.min(runLimitS, part.leftS()));
  const trace = meter.gpu === null ? null : await meter.stop();
  if (trace !== null) await writeTraceCsv(part.raw(`cache-${run.method}-${run.mode}-${run.precision}.csv`), trace);
  const each = marks.slice(1).map((toS, index) => epochFigures({ fromS: marks[index], toS }, trace));
  const total = marks.length > 1 ? epochFigures({ fromS: marks[0], toS: marks.at(-1) }, trace) : null;
  const status = each.length === epochs ? "measured" : "failed";
  console.log(
    `${run.method}, cache ${run.mode}, ${run.precision}: ${each.length} epochs${reason ? `: ${reason}` : ""}`,
  );
  return { ...run, status, reason: status === "measured" ? null : reason, cache: figures, epochs: each, total };
}

function epochFigures(window, trace) {
  const gross = trace === null ? { value: null, reason: meter.reason } : integrate(trace, window);
  const net = trace === null ? gross : netEnergy(gross, [idle]);
  return {
    timeS: window.toS - window.fromS,
    grossJ: gross.value?.grossJ ?? null,
    netJ: net.value?.netJ ?? null,
    energyReason: gross.reason ?? net.reason ?? null,
    energyFlags: gross.value?.flags ?? null,
  };
}

async function train(run, limitS) {
  const request = { ...run, ...shape, ...sizes, epochs, gpu: part.isRehearsal ? "software" : part.gpu };
  const file = fileURLToPath(new URL("cached-run.mjs", import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(request)], { stdio: ["pipe", "pipe", "pipe"] });
  const marks = [];
  let [figures, complaints, isLate] = [null, "", false];
  child.stderr.on("data", (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, 1000 * limitS);
  const ended = new Promise((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line);
    if (said.atS !== undefined) marks.push(said.atS);
    if (said.figures !== undefined) figures = said.figures;
  }
  await ended;
  clearTimeout(timer);
  const reason = isLate ? `ended at its limit of ${limitS.toFixed(0)} s` : complaintOf(complaints);
  return { marks, figures, reason };
}
