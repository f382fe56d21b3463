// How a step's throughput scales with batch, length, width and threads, and where its time goes.
// node benchmarks/micro/scaling.mjs [--kernels=wasm] [--threads=N] [--steps=3] [--rounds=2] [--methods=full,lora,read] [--quick] [--docs]
// Every point is measured once per round, minutes apart, and the fastest round counts: virtual machines have slow spells.
// With --docs it writes docs/cpu-speed.md and docs/figures/cpu-speed.svg.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import cpu from "@petl/device-cpu";
import { markdownTable, renderLinePanels } from "@petl/report";
import { tf } from "@petl/tensor";
import { programFlags } from "../program-flags.mjs";
import { fmaPeak } from "./fma-peak.mjs";
import { timeKernels } from "./kernel-times.mjs";
import { modelSteps, randomExamples, size } from "./model-steps.mjs";

const { values: flags } = programFlags(import.meta.url, {
  options: {
    kernels: { type: "string", default: "wasm" },
    threads: { type: "string", default: String(availableParallelism()) },
    steps: { type: "string", default: "3" },
    rounds: { type: "string", default: "2" },
    methods: { type: "string", default: "full,lora,read" },
    quick: { type: "boolean" },
    docs: { type: "boolean" },
  },
});
const methods = flags.methods.split(",");
const most = Number(flags.threads);
const base = { batch: 16, tokens: 64, width: 256, threads: most };
const axes = flags.quick
  ? { batch: [1, 2] }
  : {
      batch: [1, 4, 16, 32],
      tokens: [16, 64, 128, 256],
      width: [128, 256, 512],
      threads: [1, 2, 4, 8, 16].filter((count) => count <= most),
    };

/** One point: a method at one size, on an open device. */
function measure(method, point, peak) {
  const sizes = { ...size, ...point, feedForward: 4 * point.width };
  const examples = randomExamples(sizes);
  const model = modelSteps(method, sizes);
  for (let warmUp = 0; warmUp < 3; warmUp++) model.step(examples);
  const times = timeKernels({ shapes: true });
  const samples = [];
  for (let index = 0; index < Number(flags.steps); index++) {
    const begin = performance.now();
    model.step(examples);
    samples.push(performance.now() - begin);
  }
  const { products, attention, all, flop } = times.summary(samples.length);
  times.restore();
  model.dispose();
  tf.dispose(examples);
  const ms = samples.sort((a, b) => a - b)[samples.length >> 1];
  const mean = samples.reduce((sum, each) => sum + each, 0) / samples.length;
  return {
    ...{ method, ...point, ms, tokensPerS: (1000 * point.batch * point.tokens) / ms },
    share: (1e-6 * flop) / ms / (peak * point.threads),
    ...{ products: products / mean, attention: attention / mean },
    ...{ others: (all - products - attention) / mean, outside: (mean - all) / mean },
  };
}

let ceiling = 0;

/** Every point of every axis once, as rows by axis. */
async function round() {
  const rows = Object.fromEntries(Object.keys(axes).map((axis) => [axis, []]));
  for (const threads of [...new Set([...(axes.threads ?? []), most])]) {
    const device = await cpu.open({ threads, kernels: flags.kernels });
    const peak = await fmaPeak();
    ceiling = Math.max(ceiling, peak);
    for (const [axis, values] of Object.entries(axes)) {
      for (const value of values) {
        const point = { ...base, [axis]: value };
        if (point.threads !== threads) continue;
        for (const method of methods) {
          const row = measure(method, point, peak);
          rows[axis].push(row);
          console.error(`${axis} ${value}, ${method}: ${row.ms.toFixed(0)} ms`);
        }
      }
    }
    await device.close();
  }
  return rows;
}

const roundsMeasured = [];
for (let count = 0; count < Number(flags.rounds); count++) roundsMeasured.push(await round());
const fastest = (axis, index) =>
  roundsMeasured.map((rows) => rows[axis][index]).reduce((best, row) => (row.ms < best.ms ? row : best));
const measured = Object.fromEntries(
  Object.entries(roundsMeasured[0]).map(([axis, rows]) => [axis, rows.map((_, index) => fastest(axis, index))]),
);

/** All tables measure one common point; the spread of its times shows how disturbed the machine was. */
function spread() {
  const common = Object.values(measured)
    .flat()
    .filter((row) => Object.entries(base).every(([axis, value]) => row[axis] === value));
  if (common.length === 0) return "";
  const ratios = methods.map((method) => {
    const times = common.filter((row) => row.method === method).map(({ ms }) => ms);
    return Math.max(...times) / Math.min(...times);
  });
  return `All tables measure one common point; its times differ by a factor of up to ${Math.max(...ratios).toFixed(1)} (1.0 on an idle machine).`;
}

const percent = (share) => `${Math.round(100 * share)} %`;
const header = ["method", "batch", "tokens", "width", "threads", "ms/step", "tokens/s", "of the ceiling"];
const parts = ["products", "attention", "other kernels", "outside kernels"];
const measuredTable = (rows) =>
  markdownTable(
    [...header, ...parts],
    rows.map(
      ({ method, batch, tokens, width, threads, ms, tokensPerS, share, products, attention, others, outside }) => [
        ...[method, batch, tokens, width, threads, ms.toFixed(ms < 100 ? 1 : 0)],
        ...[Math.round(tokensPerS).toLocaleString("en"), percent(share)],
        ...[products, attention, others, outside].map(percent),
      ],
    ),
  );
const sections = Object.entries(measured).map(([axis, rows]) => `## By ${axis}\n\n${measuredTable(rows)}\n`);
const about =
  `${cpus()[0]?.model.trim()}, Node ${process.versions.node}, matrix products by ${flags.kernels}, 128-bit FMA ceiling ` +
  `${ceiling.toFixed(1)} GFLOP/s per thread; medians of ${flags.steps} steps, the fastest of ${flags.rounds} rounds. ${spread()}`;
console.log([about, ...sections].join("\n"));

if (flags.docs) {
  const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
  const panels = Object.entries(measured).map(([axis, rows]) => ({
    title: `tokens/s by ${axis}`,
    lines: methods.map((method) => ({
      label: method,
      points: rows.filter((row) => row.method === method).map((row) => [row[axis], row.tokensPerS]),
    })),
  }));
  writeFileSync(`${docs}figures/cpu-speed.svg`, renderLinePanels(panels, panels.length));
  writeFileSync(
    `${docs}cpu-speed.md`,
    `# How the CPU device's throughput scales

A training step of a T5 with 4 + 4 layers, vocabulary 32,128 and d_ff four times the width: float32, AdamW, 8 target tokens,
random tokens without padding. Each table changes one size; the others stay at batch 16, 64 tokens, width 256 and ${most} threads.
Written by \`node benchmarks/micro/scaling.mjs --docs\`.

${about}

- _of the ceiling_: the arithmetic rate of the matrix products outside attention, over the whole step's time, as a share of the
  rate at which the threads multiply and add in registers, 128 bits wide.
- The other columns are shares of the step's time: those matrix products, fused attention, all other kernels, and time outside
  kernels (JavaScript of the tape and of tfjs, on one thread).

![tokens/s against batch, tokens, width and threads](figures/cpu-speed.svg)

${sections.join("\n")}`,
  );
}
