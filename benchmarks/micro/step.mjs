// A training step of a T5 (d 256, d_ff 1024, 4 + 4 layers, vocabulary 32,128) on 16 x 64 tokens with 8 target tokens.
// node benchmarks/micro/step.mjs [--methods=full,lora,read] [--kernels=auto|blas|wasm|simd|stock] [--threads=N] [--steps=7] [--warmup=2]
//   [--dropout=0] [--batch=16] [--tokens=64] [--targets=8] [--width=256] [--layers=4] [--profile] [--shapes]
import { availableParallelism } from "node:os";
import cpu from "@petl/device-cpu";
import { peakBytes, resetPeakBytes, tf } from "@petl/tensor";
import { programFlags } from "../program-flags.mjs";
import { timeKernels } from "./kernel-times.mjs";
import { modelSteps, randomExamples, size } from "./model-steps.mjs";
import { openStockWasm } from "./stock-wasm.mjs";

const text = (value) => ({ type: "string", default: String(value) });
const { values: flags } = programFlags(import.meta.url, {
  options: {
    ...{ methods: text("full,lora,read"), kernels: text("auto"), threads: text(availableParallelism()) },
    ...{ steps: text(7), warmup: text(2), dropout: text(0), batch: text(size.batch), tokens: text(size.tokens) },
    ...{ targets: text(size.targets), width: text(size.width), layers: text(size.layers) },
    ...{ profile: { type: "boolean" }, shapes: { type: "boolean" } },
  },
});
const [threads, steps, warmup, dropout, batch, tokens, targets, width, layers] = [
  ...[flags.threads, flags.steps, flags.warmup, flags.dropout, flags.batch, flags.tokens, flags.targets, flags.width],
  flags.layers,
].map(Number);
const sizes = { ...size, batch, tokens, targets, width, feedForward: 4 * width, layers, dropout };
const device = flags.kernels === "stock" ? await openStockWasm() : await cpu.open({ threads, kernels: flags.kernels });
const times = flags.profile || flags.shapes ? timeKernels({ shapes: flags.shapes }) : null;

for (const method of flags.methods.split(",")) {
  const examples = randomExamples(sizes);
  const model = modelSteps(method, sizes);
  const samples = [];
  let loss = 0;
  for (let index = 0; index < warmup + steps; index++) {
    if (index === warmup) {
      times?.reset();
      resetPeakBytes();
    }
    const begin = performance.now();
    loss = model.step(examples);
    if (index >= warmup) samples.push(performance.now() - begin);
  }
  samples.sort((a, b) => a - b);
  const ms = samples[samples.length >> 1];
  const { simd, products } = device.details;
  console.log(
    JSON.stringify({
      ...{ method, kernels: simd, products, threads: device.details.threads },
      ...{
        stepMs: +ms.toFixed(1),
        fastestMs: +samples[0].toFixed(1),
        tokensPerS: Math.round((1000 * batch * tokens) / ms),
      },
      ...{ peakMB: Math.round(peakBytes().total / 1e6), loss },
    }),
  );
  if (times !== null) {
    console.table(times.table(steps).slice(0, 32));
    const mean = samples.reduce((sum, each) => sum + each, 0) / steps;
    console.log(`kernels ${times.total(steps).toFixed(1)} of ${mean.toFixed(1)} ms a step`);
  }
  model.dispose();
  tf.dispose(examples);
}
await device.close();
