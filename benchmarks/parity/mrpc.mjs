// MiniLM on MRPC with LoRA and full fine-tuning over several seeds, with the settings of scripts/real-checkpoints/peft_mrpc.py: scores of the
// development set after each epoch, one JSON line a run. A run that RESULTS has already is left out.
// node benchmarks/parity/mrpc.mjs --model=DIR --glue=DIR RESULTS.jsonl [--methods=lora,full] [--seeds=0,1,2,3,4]
//   [--learning-rates=lora=1e-3,full=5e-5] [--kernels=auto] [--threads=N]
// node benchmarks/parity/mrpc.mjs --model=DIR --glue=DIR --trial=20 --python=PYTHON: the first steps of each run, here and in PyTorch with
//   the same rows in the same order and the same values drawn; prints both courses of the loss, which must agree within 1e-4
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import cpu from "@petl/device-cpu";
import full from "@petl/method-full";
import lora from "@petl/method-lora";
import { counts, train } from "@petl/trainer";
import { median } from "simple-statistics";
import { comparableSettings, loadCheckpoint, readRows, tokenised, writeStart } from "../fine-tuning.mjs";
import { programFlags } from "../program-flags.mjs";

const { values: flags, positionals } = programFlags(import.meta.url, {
  allowPositionals: true,
  options: {
    model: { type: "string" },
    glue: { type: "string" },
    methods: { type: "string", default: "lora,full" },
    seeds: { type: "string", default: "0,1,2,3,4" },
    "learning-rates": { type: "string", default: "lora=1e-3,full=5e-5" },
    kernels: { type: "string", default: "auto" },
    threads: { type: "string", default: String(availableParallelism()) },
    trial: { type: "string" },
    python: { type: "string", default: "python3" },
  },
});
const known = { lora, full };
const courseTolerance = 1e-4;
const fail = (message) => {
  console.error(`parity: ${message}`);
  process.exit(2);
};
const [results] = positionals;
const trial = flags.trial === undefined ? null : Number(flags.trial);
if (flags.model === undefined || flags.glue === undefined) fail("expected --model=DIR and --glue=DIR");
if ((results === undefined) === (trial === null)) fail("expected either a file for the results or --trial=STEPS");
const methods = flags.methods.split(",");
const wrong = methods.find((name) => known[name] === undefined);
if (wrong !== undefined) fail(`expected --methods of ${Object.keys(known).join(", ")}, got ${wrong}`);
const seeds = flags.seeds.split(",").map(Number);
const rates = Object.fromEntries(
  flags["learning-rates"].split(",").map((text) => [text.split("=")[0], Number(text.split("=")[1])]),
);

const keyOf = ({ method, seed, learningRate, dropout }) => JSON.stringify([method, seed, learningRate, dropout]);
const done = new Set();
if (results !== undefined && existsSync(results))
  for (const line of readFileSync(results, "utf8").trim().split("\n")) done.add(keyOf(JSON.parse(line)));

const device = await cpu.open({ threads: Number(flags.threads), kernels: flags.kernels });
const rows = await readRows(flags.glue, "mrpc");
const folder = mkdtempSync(join(tmpdir(), "petl-parity-"));
let isEqual = true;
try {
  for (const seed of seeds)
    for (const method of methods) {
      const key = { method, seed, learningRate: rates[method], dropout: "none" };
      if (done.has(keyOf(key))) continue;
      if (trial !== null) isEqual = (await compareCourses(key)) && isEqual;
      else appendFileSync(results, `${JSON.stringify({ ...key, ...(await wholeRun(key)) })}\n`, { flush: true });
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
await device.close();
process.exit(isEqual ? 0 : 1);

/** A fresh checkpoint for a run, as full fine-tuning overwrites it. */
async function prepared({ method, seed, learningRate }) {
  const settings = comparableSettings({ seed, learningRate, epochs: 3, weightDecay: 0.01, maxLength: 128 });
  const loaded = await loadCheckpoint(flags.model, rows.task, seed);
  const task = tokenised(rows, loaded, settings);
  return { backbone: loaded.model, method: known[method], config: known[method].parse({}), task, settings };
}

async function wholeRun(key) {
  const run = await prepared(key);
  const found = { epochs: [], losses: [], stepMs: [], processorStepMs: [] };
  const started = performance.now();
  let before = process.cpuUsage();
  const { model } = await train({
    ...run,
    cache: { mode: "off" },
    onEvent(event) {
      if (event.type === "window") before = process.cpuUsage();
      if (event.type === "step") {
        const { user, system } = process.cpuUsage(before);
        before = process.cpuUsage();
        found.processorStepMs.push((user + system) / 1000);
        found.stepMs.push(1000 * event.wallTimeS);
        found.losses.push(event.loss);
      }
      if (event.type === "evaluation") {
        const { accuracy, f1 } = event.metrics;
        const losses = found.losses.slice(-Math.ceil(run.task.train.length / run.settings.batchSize));
        const loss = losses.reduce((sum, each) => sum + each, 0) / losses.length;
        found.epochs.push({ epoch: event.epoch, loss, accuracy: 100 * accuracy, f1: 100 * f1 });
        console.log(key.method, key.seed, found.epochs.at(-1));
      }
    },
  });
  const { trainableParams, headParams } = counts(model);
  model.dispose();
  run.backbone.dispose();
  return {
    epochs: found.epochs,
    ...{ trained: trainableParams - headParams, head: headParams },
    ...{ stepMs: median(found.stepMs), processorStepMs: median(found.processorStepMs), steps: found.losses.length },
    ...{ stepLosses: found.losses, wallTimeS: (performance.now() - started) / 1000 },
    checkpoint: basename(flags.model),
    rows: { train: run.task.train.length, dev: run.task.evaluations[0].examples.length },
    maxLength: run.settings.maxLength,
    versions: { node: process.versions.node, products: device.details.products, blas: device.details.blas },
    threads: Number(flags.threads),
  };
}

/** The losses of the first steps here and in PyTorch, on the same batches from the same values. */
async function compareCourses(key) {
  const start = join(folder, `${key.method}-${key.seed}.safetensors`);
  const run = await prepared(key);
  await writeStart(start, { model: run.backbone, ...run });
  const ours = await firstLosses(run);
  run.backbone.dispose();
  const theirs = lossesInPyTorch(key, start);
  const differences = ours.map((loss, step) => Math.abs(loss - theirs[step]));
  console.log(`${key.method}, seed ${key.seed}: losses here, in PyTorch, and their difference`);
  for (const [step, loss] of ours.entries())
    console.log(`${step + 1} ${loss.toFixed(7)} ${theirs[step].toFixed(7)} ${differences[step].toExponential(1)}`);
  const most = Math.max(...differences);
  const isWithin = most <= courseTolerance && theirs.length === ours.length;
  const verdict = isWithin ? "equal" : "DIFFERENT";
  console.log(
    `${verdict}: at most ${most.toExponential(1)} apart over ${ours.length} steps; expected at most ${courseTolerance}`,
  );
  return isWithin;
}

async function firstLosses(run) {
  const stop = new AbortController();
  const losses = [];
  const onEvent = (event) => {
    if (event.type === "step" && losses.push(event.loss) === trial) stop.abort();
  };
  try {
    await train({ ...run, cache: { mode: "off" }, signal: stop.signal, onEvent });
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
  }
  return losses;
}

function lossesInPyTorch({ method, seed, learningRate }, start) {
  const program = fileURLToPath(new URL("../../scripts/real-checkpoints/peft_mrpc.py", import.meta.url));
  const asked = ["--methods", method, "--seeds", seed, "--learning-rate", `${method}=${learningRate}`];
  const args = [
    program,
    flags.model,
    flags.glue,
    join(folder, "unused.jsonl"),
    ...asked,
    "--trial",
    trial,
    "--start",
    start,
  ];
  const env = { ...process.env, OMP_NUM_THREADS: flags.threads, OMP_WAIT_POLICY: "PASSIVE", PYTHONWARNINGS: "ignore" };
  const printed = execFileSync(flags.python, args.map(String), {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = printed.split("\n").find((text) => text.startsWith("{"));
  return JSON.parse(line).stepLosses;
}
