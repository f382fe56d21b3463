// Whole fine-tunings of real checkpoints here and in PyTorch + PEFT, interleaved: read, tokenise, load, train, evaluate; with ratios.
// node benchmarks/peers/end-to-end.mjs --models=DIR --glue=DIR [--backbone=minilm-l6,smollm2-135m] [--methods=read,lora,full]
//   [--python=python3] [--threads=N] [--rounds=3] [--engines=wasm,blas] [--json=FILE]
//   [--profile]: instead of PyTorch, the milliseconds of our kernels in a step of training
//   [--rows=N] [--evaluation-rows=N] [--epochs=3]: for a trial; by default all of MRPC, and 500 rows of SST-2
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "simple-statistics";
import { busyBefore } from "../processor-load.mjs";
import { programFlags } from "../program-flags.mjs";

const works = {
  "minilm-l6": { task: "mrpc", rows: undefined },
  "smollm2-135m": { task: "sst2", rows: 500 },
};
const { values: flags } = programFlags(import.meta.url, {
  options: {
    models: { type: "string" },
    glue: { type: "string" },
    backbone: { type: "string", default: Object.keys(works).join(",") },
    methods: { type: "string", default: "read,lora,full" },
    python: { type: "string", default: "python3" },
    threads: { type: "string", default: String(availableParallelism()) },
    rounds: { type: "string", default: "3" },
    engines: { type: "string", default: "wasm,blas" },
    rows: { type: "string" },
    "evaluation-rows": { type: "string" },
    epochs: { type: "string", default: "3" },
    json: { type: "string" },
    profile: { type: "boolean", default: false },
  },
});
const phases = ["import", "read", "tokenise", "load", "train", "evaluate"];
const lossTolerance = 1e-4;
const run = promisify(execFile);
const fail = (message) => {
  console.error(`end-to-end: ${message}`);
  process.exit(2);
};

if (flags.models === undefined || flags.glue === undefined) fail("expected --models=DIR and --glue=DIR");
const backbones = flags.backbone.split(",");
const methods = flags.methods.split(",");
const threads = Number(flags.threads);
const rounds = Number(flags.rounds);
for (const name of backbones) {
  if (works[name] === undefined) fail(`expected --backbone of ${Object.keys(works).join(", ")}, got ${name}`);
  if (!existsSync(join(flags.models, name, "config.json")))
    fail(`expected a checkpoint in ${join(flags.models, name)}; scripts/real-checkpoints/README.md says which`);
}
for (const method of methods)
  if (!["read", "lora", "full"].includes(method)) fail(`expected --methods of read, lora, full, got ${method}`);

/** Runs a program that prints one JSON line, and takes the time from its start to its end. */
async function answerOf(command, args, env = {}) {
  const started = performance.now();
  const { stdout } = await run(command, args, { env: { ...process.env, ...env }, maxBuffer: 1e8 }).catch((error) => {
    fail(`${args[0]} ended with ${error.code}:\n${error.stderr?.slice(-2000)}`);
  });
  return { ...JSON.parse(stdout), wallS: (performance.now() - started) / 1000 };
}

const programOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const settings = { seed: 0, epochs: Number(flags.epochs), batchSize: 32, evalBatchSize: 64, maxLength: 128 };
const rates = { learningRate: 3e-4, weightDecay: 0 };

function ours(request) {
  return answerOf(process.execPath, [programOf("petl-end-to-end.mjs"), JSON.stringify(request)]);
}

// OpenMP threads that spin at their barriers are faster on an idle machine, those that wait where others hold the cores.
const policies = {
  "PyTorch, active": { OMP_WAIT_POLICY: "ACTIVE" },
  "PyTorch, passive": { OMP_WAIT_POLICY: "PASSIVE", GOMP_SPINCOUNT: "0", KMP_BLOCKTIME: "0" },
};

function theirs(request, start, policy) {
  const args = {
    ...{ models: request.models, glue: request.glue, backbone: request.backbone, task: request.task },
    ...{ method: request.method, rows: request.rows, "evaluation-rows": request.evaluationRows },
    ...{ epochs: settings.epochs, batch: settings.batchSize, "evaluation-batch": settings.evalBatchSize },
    ...{ "max-length": settings.maxLength, "learning-rate": rates.learningRate, "weight-decay": rates.weightDecay },
    ...{ seed: settings.seed, threads, start },
  };
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  const listed = given.flatMap(([name, value]) => [`--${name}`, String(value)]);
  const env = { ...policies[policy], OMP_NUM_THREADS: String(threads), PYTHONWARNINGS: "ignore" };
  return answerOf(flags.python, [programOf("end-to-end.py"), ...listed], env);
}

/** One method on one checkpoint, every engine by turns. */
async function compared(backbone, method, folder) {
  const { task, rows } = works[backbone];
  const number = (text) => (text === undefined ? undefined : Number(text));
  const request = {
    ...{ models: flags.models, glue: flags.glue, backbone, task, method, threads },
    ...{ rows: number(flags.rows) ?? rows, evaluationRows: number(flags["evaluation-rows"]) },
    settings: { ...settings, ...rates },
  };
  if (flags.profile) return profiled(request);
  const start = join(folder, `${backbone}-${method}.safetensors`);
  const begun = await ours({ ...request, start, kernels: "auto", cache: "off" });
  const engines = flags.engines.split(",").filter((kernels) => kernels !== "blas" || begun.products === "blas");
  if (engines.length < flags.engines.split(",").length) missing.blas = begun.reason;
  const sides = {};
  for (const kernels of engines) {
    sides[`ours, ${kernels}`] = () => ours({ ...request, kernels, cache: "off" });
    if (method === "read")
      sides[`ours, ${kernels}, activation cache`] = () => ours({ ...request, kernels, cache: "on" });
  }
  for (const policy of Object.keys(policies)) sides[policy] = () => theirs(request, start, policy);

  const found = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    load.busyBetween.push(await busyBefore());
    for (const [name, side] of Object.entries(sides)) found[name].push(await side());
  }
  return { backbone, method, task, ...resultOf(found) };
}

/** Prints what a step of ours takes in each kind of kernel, longest first. */
async function profiled(request) {
  const kernels = flags.engines.split(",")[0];
  const found = await ours({ ...request, kernels, cache: "off", profile: true });
  console.log(
    `${request.backbone}, ${request.method}, ${kernels}: a step takes ${found.medianStepMs.toFixed(1)} ms, in kernels:`,
  );
  console.table(found.kernels.slice(0, 15));
  return null;
}

/** Medians of each side and its ratios to the faster PyTorch, round by round. */
function resultOf(found) {
  const wall = (name) => median(found[name].map(({ wallS }) => wallS));
  const peers = Object.keys(policies);
  const reference = peers.reduce((a, b) => (wall(a) <= wall(b) ? a : b));
  const [theirFirst] = found[reference];
  const sides = Object.entries(found).map(([name, runs]) => {
    const ratios = (of) => runs.map((own, round) => of(found[reference][round]) / of(own));
    const [first] = runs;
    const totals = ratios(({ wallS }) => wallS);
    return {
      ...{ name, runs },
      seconds: Object.fromEntries(phases.map((phase) => [phase, median(runs.map(({ seconds }) => seconds[phase]))])),
      wallS: wall(name),
      stepMs: median(runs.map(({ medianStepMs }) => medianStepMs)),
      peakResidentBytes: median(runs.map(({ peakResidentBytes }) => peakResidentBytes)),
      ratio: median(totals),
      range: [Math.min(...totals), Math.max(...totals)],
      trainRatio: median(ratios(({ seconds }) => seconds.train)),
      stepRatio: median(ratios(({ medianStepMs }) => medianStepMs)),
      processorRatio: median(ratios(({ processorS }) => processorS)),
      firstLossDifference: Math.abs(first.stepLosses[0] - theirFirst.stepLosses[0]),
      lossDifference: Math.max(...first.stepLosses.map((loss, step) => Math.abs(loss - theirFirst.stepLosses[step]))),
    };
  });
  for (const { name, runs, firstLossDifference } of sides) {
    const [{ trained, head, rows }] = runs;
    const same = JSON.stringify([trained, head, rows]);
    const expected = JSON.stringify([theirFirst.trained, theirFirst.head, theirFirst.rows]);
    if (same !== expected)
      fail(`${name}: expected trained parameters, head and rows ${expected} as in PyTorch, got ${same}`);
    if (!(firstLossDifference <= lossTolerance))
      fail(
        `${name}: expected a first loss within ${lossTolerance} of PyTorch's, got a difference of ${firstLossDifference}`,
      );
  }
  return { reference, sides };
}

function show({ backbone, method, task, reference, sides }) {
  const [{ rows, trained, head }] = sides[0].runs;
  console.log(
    `\n${backbone}, ${task}, ${method}: ${rows.train} rows, ${settings.epochs} epochs, ${rows.dev} evaluated; ${trained} trained parameters ` +
      `and ${head} of the head; x: time of ${reference} over ours, so more than 1 is faster here`,
  );
  console.table(
    sides.map((side) => ({
      side: side.name,
      ...Object.fromEntries(phases.map((phase) => [`${phase} s`, +side.seconds[phase].toFixed(2)])),
      ...{ "whole s": +side.wallS.toFixed(1), x: +side.ratio.toFixed(2) },
      range: side.range.map((each) => each.toFixed(2)).join(" to "),
      ...{ "x train": +side.trainRatio.toFixed(2), "ms/step": +side.stepMs.toFixed(1) },
      ...{ "x step": +side.stepRatio.toFixed(2), "x by cpu time": +side.processorRatio.toFixed(2) },
      "peak MB": Math.round(side.peakResidentBytes / 1e6),
    })),
  );
  for (const { name, runs, firstLossDifference, lossDifference } of sides) {
    const scores = Object.entries(runs[0].scores).map(([metric, value]) => `${metric} ${value.toFixed(2)}`);
    console.log(
      `${name}: ${scores.join(", ")}; loss differs from PyTorch's by ${firstLossDifference.toExponential(1)} at the first step, ` +
        `by at most ${lossDifference.toExponential(1)} later`,
    );
  }
}

const load = { busyBefore: await busyBefore(), loadBefore: loadavg()[0], busyBetween: [] };
const missing = {};
const folder = mkdtempSync(join(tmpdir(), "petl-end-to-end-"));
const results = [];
try {
  for (const backbone of backbones)
    for (const method of methods) {
      const result = await compared(backbone, method, folder);
      if (result === null) continue;
      show(result);
      results.push(result);
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (flags.profile) process.exit(0);
const between = median(load.busyBetween.map((share) => share ?? 0));
console.log(
  `\nFloat32, ${threads} threads; medians of ${rounds} rounds, every side once a round, each in a process of its own. Others kept ` +
    `${Math.round(100 * between)} % of the processors busy between runs (load ${load.loadBefore.toFixed(1)} before)` +
    `${between > 0.1 ? ": DISTURBED, the figures are no measurement of speed" : ""}`,
);
if (missing.blas !== undefined) console.log(`ours, blas: not measured: no host BLAS: ${missing.blas}`);
const record = {
  when: new Date().toISOString(),
  processor: cpus()[0]?.model,
  threads,
  rounds,
  settings,
  ...rates,
  load,
  missing,
  results,
};
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(record, null, 2)}\n`);
