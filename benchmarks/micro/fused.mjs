// Time of the CPU device's fused operations as a share of the same composed of stock kernels, forward and with gradients.
// node benchmarks/micro/fused.mjs [--kernels=wasm] [--threads=N] [--samples=9] [--only=TEXT]
// Both sides take turns in one process, so a busy machine slows both; each ratio is the median over the turns.
import { availableParallelism } from "node:os";
import cpu from "@petl/device-cpu";
import * as petl from "@petl/tensor";
import { seededRandom, tf, valueAndGradients, withComposedKernels } from "@petl/tensor";
import { programFlags } from "../program-flags.mjs";

const { values: flags } = programFlags(import.meta.url, {
  options: {
    kernels: { type: "string", default: "wasm" },
    threads: { type: "string", default: String(availableParallelism()) },
    samples: { type: "string", default: "9" },
    only: { type: "string", default: "" },
  },
});
const device = await cpu.open({ threads: Number(flags.threads), kernels: flags.kernels });
const random = seededRandom(1);
const normal = (...shape) => random.normal(shape);

/** Tensors of a layer, those whose gradients are wanted, and the operation on them. */
const encoder = { batch: 8, tokens: 128, width: 768, inner: 3072 };
const decoder = { batch: 2, tokens: 256, heads: 32, keyValueHeads: 8, size: 64, inner: 8192 };
const positions = tf.tidy(() =>
  tf.tile(tf.reshape(tf.range(0, decoder.tokens, 1, "int32"), [1, -1]), [decoder.batch, 1]),
);
const frequencies = Array.from({ length: decoder.size / 2 }, (_, index) => 10_000 ** ((-2 * index) / decoder.size));
const cases = {
  layerNorm() {
    const { batch, tokens, width } = encoder;
    const [x, weight, bias] = [normal(batch, tokens, width), normal(width), normal(width)];
    return { wanted: { x, weight, bias }, compute: () => petl.layerNorm(x, weight, bias, 1e-12) };
  },
  "layerNorm, frozen"() {
    const { batch, tokens, width } = encoder;
    const [x, weight, bias] = [normal(batch, tokens, width), normal(width), normal(width)];
    return { wanted: { x }, compute: () => petl.layerNorm(x, weight, bias, 1e-12) };
  },
  geluErf() {
    const x = normal(encoder.batch, encoder.tokens, encoder.inner);
    return { wanted: { x }, compute: () => petl.geluErf(x) };
  },
  swiGlu() {
    const [gate, up] = [0, 1].map(() => normal(decoder.batch, decoder.tokens, decoder.inner));
    return { wanted: { gate, up }, compute: () => petl.swiGlu(gate, up) };
  },
  rotary() {
    const { batch, tokens, heads, size } = decoder;
    const [x, table] = [normal(batch, tokens, heads * size), petl.rotaryTable(tokens, frequencies)];
    return { wanted: { x }, compute: () => petl.rotary(x, positions, table, heads) };
  },
  "attention in groups"() {
    const { batch, tokens, heads, keyValueHeads, size } = decoder;
    const query = normal(batch, tokens, heads * size);
    const [key, value] = [0, 1].map(() => normal(batch, tokens, keyValueHeads * size));
    const shape = { heads, keyValueHeads, scale: size ** -0.5, causal: true };
    const inputs = { query, key, value, bias: null, mask: tf.ones([batch, tokens]) };
    return { wanted: { query, key, value }, compute: () => petl.attention(inputs, shape) };
  },
};

function timed(run) {
  const begin = performance.now();
  tf.tidy(run);
  return performance.now() - begin;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

console.log(
  `Node ${process.versions.node}, ${flags.threads} threads, ${device.details.simd}; medians of ${flags.samples} turns`,
);
for (const [name, make] of Object.entries(cases)) {
  if (!name.includes(flags.only)) continue;
  const { wanted, compute } = make();
  const weights = tf.tidy(() => random.normal(compute().shape));
  const modes = {
    forward: () => compute(),
    "with gradients"() {
      const { value, gradients } = valueAndGradients(() => tf.sum(tf.mul(compute(), weights)), wanted);
      tf.dispose([value, gradients]);
    },
  };
  for (const [mode, run] of Object.entries(modes)) {
    const [fused, composed] = [[], []];
    for (let sample = -2; sample < Number(flags.samples); sample++) {
      const [ms, composedMs] = [timed(run), timed(() => withComposedKernels(run))];
      if (sample < 0) continue;
      fused.push(ms);
      composed.push(composedMs);
    }
    const ratio = median(fused.map((ms, index) => ms / composed[index]));
    const times = `${median(fused).toFixed(2)} of ${median(composed).toFixed(2)} ms`;
    console.log(`${name}, ${mode}: ${ratio.toFixed(2)} (${times})`);
  }
  tf.dispose([weights, wanted]);
}
await device.close();
