// A training step of a T5 (d 256, d_ff 1024, 4 + 4 layers, vocabulary 32128) on a batch of 16 x 64 tokens with 8 target tokens.
// node bench/step.mjs [--threads=n] [--kernels=auto|simd|stock] [--method=full|frozen] [--dropout=0.1] [--profile] [--shapes] [--steps=7] [--warmup=2]
import { existsSync } from "node:fs";
import { meanCrossEntropy, peakBytes, resetPeakBytes, seededRandom, tf, valueAndGradients } from "@petl/tensor";
import cpu from "../dist/index.js";

const options = Object.fromEntries(process.argv.slice(2).map((word) => `${word.replace(/^--/, "")}=`.split("=", 2)));
const backbonePath = new URL("../../backbone/dist/index.js", import.meta.url);
const optimPath = new URL("../../optim/dist/index.js", import.meta.url);
if (!existsSync(backbonePath) || !existsSync(optimPath)) throw new Error("build @petl/backbone and @petl/optim first");
const { T5, Pass, initialise, geometries } = await import(backbonePath.href);
const { adamW } = await import(optimPath.href);

const threads = options.threads === undefined ? undefined : Number(options.threads);
const device = options.kernels === "stock" ? await openStock() : await cpu.open({ threads, kernels: options.kernels });
const [batch, tokens, targets] = [Number(options.batch ?? 16), Number(options.tokens ?? 64), 8];
const config = {
  ...geometries["t5-small"],
  modelWidth: 256,
  feedForwardWidth: 1024,
  encoderLayers: 4,
  decoderLayers: 4,
  heads: 4,
};
const model = new T5("bench", config, initialise(config, seededRandom(1)));
const random = seededRandom(2);
const ids = tf.cast(random.uniform([batch, tokens], 2, 32000), "int32");
const mask = tf.ones([batch, tokens]);
const decoderIds = tf.cast(random.uniform([batch, targets], 2, 32000), "int32");
const labels = tf.cast(random.uniform([batch * targets], 2, 32000), "int32");
const names = Object.keys(model.params).filter((name) => options.method !== "frozen" || name === "decoder.norm.weight");
const wanted = Object.fromEntries(names.map((name) => [name, model.params[name]]));
const attachment = { hooks: new Map(), unfrozen: names };
const optimizer = adamW({});
const state = optimizer.init(wanted);

function step(index) {
  const { value, gradients } = valueAndGradients(() => {
    const context = { params: {}, training: options.dropout !== undefined, random: random.fork(index) };
    const pass = new Pass(model.sites, attachment, context, Number(options.dropout ?? 0));
    const logits = model.readout(model.decode(decoderIds, model.encode(ids, mask, pass), pass), pass);
    return meanCrossEntropy(tf.reshape(logits, [batch * targets, config.vocabularySize]), labels);
  }, wanted);
  const begin = performance.now();
  optimizer.update(state, { params: wanted, gradients, step: index, learningRate: 1e-3, scale: null });
  updateMs = performance.now() - begin;
  const loss = value.dataSync()[0];
  tf.dispose([value, gradients]);
  return loss;
}

let updateMs = 0;
const times = options.profile === undefined ? null : profileKernels();
const samples = [];
const losses = [];
const count = Number(options.steps ?? 7);
const warmUp = Number(options.warmup ?? 2);
for (let index = 1; index <= count + warmUp; index++) {
  if (index === warmUp + 1) for (const entry of times?.values() ?? []) entry.ms = entry.calls = 0;
  if (index === warmUp + 1) resetPeakBytes();
  const begin = performance.now();
  losses.push(step(index));
  if (index > warmUp) samples.push(performance.now() - begin);
}
samples.sort((a, b) => a - b);
const ms = samples[samples.length >> 1];
console.log(
  JSON.stringify({
    kernels: device.details.simd,
    threads: device.details.threads,
    stepMs: +ms.toFixed(1),
    updateMs: +updateMs.toFixed(1),
    tokensPerS: Math.round((batch * tokens * 1000) / ms),
    peakMB: Math.round(peakBytes().total / 1e6),
    losses: losses.slice(0, 3),
  }),
);
if (times !== null) {
  const rows = [...times].map(([name, { ms: total, calls, flop }]) => ({
    name,
    ms: +(total / count).toFixed(2),
    calls: calls / count,
    gflops: flop && +((1e-6 * flop * calls) / total).toFixed(1),
  }));
  console.table(rows.sort((a, b) => b.ms - a.ms).slice(0, 28));
  console.log("kernels together", rows.reduce((sum, row) => sum + row.ms, 0).toFixed(1), "ms");
}
await device.close();

/** Times every kernel of the current backend by wrapping it (kernels that call others count both). */
function profileKernels() {
  const times = new Map();
  for (const config of tf.getKernelsForBackend(tf.getBackend())) {
    const entry = { ms: 0, calls: 0 };
    times.set(config.kernelName, entry);
    tf.unregisterKernel(config.kernelName, config.backendName);
    const kernelFunc = (call) => {
      const begin = performance.now();
      const result = config.kernelFunc(call);
      if (options.shapes !== undefined && config.kernelName === "BatchMatMul") {
        const { a, b } = call.inputs;
        const key = `[${a.shape}]${call.attrs.transposeA ? "T" : ""} [${b.shape}]${call.attrs.transposeB ? "T" : ""}`;
        const shape =
          times.get(key) ??
          times
            .set(key, {
              ms: 0,
              calls: 0,
              flop: 2 * a.shape.at(-1) * a.shape.at(-2) * b.shape.at(call.attrs.transposeB ? -2 : -1),
            })
            .get(key);
        shape.ms += performance.now() - begin;
        shape.calls++;
      }
      entry.ms += performance.now() - begin;
      entry.calls++;
      return result;
    };
    tf.registerKernel({ ...config, setupFunc: undefined, kernelFunc });
  }
  return times;
}

/** tfjs's wasm backend as it comes, with nothing but the missing gradient of `gather`. */
async function openStock() {
  const { createRequire } = await import("node:module");
  createRequire(import.meta.url)("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  const kernelFunc = ({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }) => {
    const output = backend.makeOutput([numSegments, ...x.shape.slice(1)], "float32");
    const [to, from, ids] = [output, x, segmentIds].map((tensor) => backend.typedArrayFromHeap(tensor));
    const width = from.length / ids.length;
    to.fill(0);
    for (const [row, id] of ids.entries()) {
      for (let i = 0; i < width; i++) to[id * width + i] += from[row * width + i];
    }
    return output;
  };
  tf.registerKernel({ kernelName: "UnsortedSegmentSum", backendName: "wasm", kernelFunc });
  return { details: { simd: "stock", threads: 1 }, close() {} };
}
