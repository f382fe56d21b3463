// A whole fine-tuning in this project, as a child of end-to-end.mjs: read, load, tokenise, train, evaluate; one JSON line with what each took.
// The request is an argument, as JSON. With `start` it trains nothing and writes where the run begins; with `profile` it times kernels.
const begin = performance.now();

import { join } from "node:path";

const { default: cpu } = await import("@petl/device-cpu");
const { counts, train } = await import("@petl/trainer");
const { comparableSettings, loadCheckpoint, readRows, tokenised, writeStart } = await import("../fine-tuning.mjs");
const { median } = await import("simple-statistics");
const { timeKernels } = await import("../micro/kernel-times.mjs");

const request = JSON.parse(process.argv[2]);
const { default: method } = await import(`@petl/method-${request.method}`);
const device = await cpu.open({ threads: request.threads, kernels: request.kernels });
const seconds = { import: (performance.now() - begin) / 1000 };

async function timed(name, work) {
  const started = performance.now();
  const result = await work();
  seconds[name] = (performance.now() - started) / 1000;
  return result;
}

const settings = comparableSettings(request.settings);
const limits = { train: request.rows, dev: request.evaluationRows };
const rows = await timed("read", () => readRows(request.glue, request.task, limits));
const directory = join(request.models, request.backbone);
const loaded = await timed("load", () => loadCheckpoint(directory, rows.task, settings.seed));
const task = await timed("tokenise", () => tokenised(rows, loaded, settings));
const config = method.parse({});
const steps = settings.epochs * Math.ceil(task.train.length / settings.batchSize);

if (request.start !== undefined) {
  await writeStart(request.start, { model: loaded.model, task, method, config, settings });
  print({ products: device.details.products, reason: device.details.blasAbsent ?? null, blas: device.details.blas });
} else print(await trained());
await device.close();
process.exit(0);

async function trained() {
  const found = { stepMs: [], losses: [], epochMs: [], trainable: null, scores: null, cache: null };
  const kernels = request.profile ? timeKernels() : null;
  const started = performance.now();
  let trainedUntil = started;
  const { model } = await train({
    ...{ backbone: loaded.model, method, config, task },
    settings: { ...settings, evalEvery: steps },
    cache: { mode: request.cache, device },
    onEvent(event) {
      if (event.type === "attached") found.trainable = event;
      if (event.type === "step") {
        found.stepMs.push(1000 * event.wallTimeS);
        found.losses.push(event.loss);
        found.epochMs[event.epoch - 1] = (found.epochMs[event.epoch - 1] ?? 0) + 1000 * event.wallTimeS;
      }
      if (event.type === "window" && event.window === "training" && event.edge === "end") {
        trainedUntil = performance.now();
        found.kernels = kernels?.table(steps);
      }
      if (event.type === "evaluation") found.scores = inPercent(event.metrics);
      if (event.type === "cache") found.cache = event.reason ?? event.figures;
    },
  });
  seconds.train = (trainedUntil - started) / 1000;
  seconds.evaluate = (performance.now() - trainedUntil) / 1000;
  const { user, system } = process.cpuUsage();
  const { headParams } = counts(model);
  return {
    rows: { train: task.train.length, dev: task.evaluations[0].examples.length },
    trained: found.trainable.trainableParams - headParams,
    head: headParams,
    seconds: { ...seconds, total: performance.now() / 1000 },
    processorS: (user + system) / 1e6,
    stepMs: found.stepMs,
    epochMs: found.epochMs,
    medianStepMs: median(found.stepMs),
    stepLosses: found.losses,
    scores: found.scores,
    cache: found.cache,
    ...(kernels !== null && { kernels: found.kernels }),
    peakResidentBytes: 1024 * process.resourceUsage().maxRSS,
    versions: { node: process.versions.node, products: device.details.products, blas: device.details.blas },
  };
}

function inPercent(metrics) {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, 100 * value]));
}

function print(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
