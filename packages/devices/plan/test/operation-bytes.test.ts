import cpu from "@petl/device-cpu";
import * as petl from "@petl/tensor";
import { type ByteSplit, type DeviceProvider, peakBytes, resetPeakBytes, type Tensor, tf } from "@petl/tensor";
import { expect, test } from "vitest";
import plan from "../src/index.js";

type Tensors = Readonly<Record<string, Tensor>>;
interface Case {
  readonly wanted: Tensors;
  readonly compute: () => Tensor;
}

const ones = (...shape: number[]): Tensor => tf.ones(shape);
const [batch, tokens, heads, keyValueHeads, size] = [2, 70, 6, 2, 4];

function attention(hasBias: boolean, dropout: petl.AttentionDropout | null): Case {
  const query = ones(batch, tokens, heads * size);
  const [key, value] = [ones(batch, tokens, keyValueHeads * size), ones(batch, tokens, keyValueHeads * size)];
  const bias = hasBias ? ones(heads, tokens, tokens) : null;
  const inputs = { query, key, value, bias, mask: ones(batch, tokens) };
  const shape = { heads, keyValueHeads, scale: 0.5, causal: true };
  return {
    wanted: { query, key, value, ...(bias !== null && { bias }) },
    compute: () => petl.attention(inputs, shape, dropout),
  };
}

function attentionInParts(): Case {
  const [query, key] = [ones(batch, tokens, heads * size), ones(batch, tokens, keyValueHeads * size)];
  const shape = { heads, keyValueHeads, scale: 0.5, causal: false };
  const inputs = { query, key, bias: null, mask: ones(batch, tokens) };
  return {
    wanted: { query, key },
    compute: () => petl.applyAttention(petl.attentionWeights(inputs, shape), key, heads, keyValueHeads),
  };
}

function layerNorm(isFrozen: boolean): Case {
  const [x, weight, bias] = [ones(batch, tokens, 24), ones(24), ones(24)];
  return { wanted: isFrozen ? { x } : { x, weight, bias }, compute: () => petl.layerNorm(x, weight, bias, 1e-5) };
}

const cases: Readonly<Record<string, () => Case>> = {
  layerNorm: () => layerNorm(false),
  "layerNorm, frozen": () => layerNorm(true),
  geluErf() {
    const x = ones(batch, tokens, 24);
    return { wanted: { x }, compute: () => petl.geluErf(x) };
  },
  swiGlu() {
    const [gate, up] = [ones(batch, tokens, 24), ones(batch, tokens, 24)];
    return { wanted: { gate, up }, compute: () => petl.swiGlu(gate, up) };
  },
  "swiGlu, one of its gradients"() {
    const [gate, up] = [ones(batch, tokens, 24), ones(batch, tokens, 24)];
    return { wanted: { up }, compute: () => petl.swiGlu(gate, up) };
  },
  rotary() {
    const [x, positions] = [ones(batch, tokens, heads * size), tf.zeros([batch, tokens], "int32")];
    return { wanted: { x }, compute: () => petl.rotary(x, positions, petl.rotaryTable(tokens, [1, 0.1]), heads) };
  },
  "attention in groups": () => attention(false, null),
  "attention in groups, with bias": () => attention(true, null),
  "attention in groups, with dropout": () => attention(false, { rate: 0.1, random: petl.seededRandom(1) }),
  "attention in two parts": attentionInParts,
  gatherRows() {
    const [x, indices] = [ones(batch, tokens, 24), tf.zeros([batch, 3], "int32")];
    return { wanted: { x }, compute: () => petl.gatherRows(x, indices) };
  },
  meanSquaredError() {
    const [prediction, target] = [ones(9), ones(9)];
    return { wanted: { prediction }, compute: () => petl.meanSquaredError(prediction, target) };
  },
  "a task head of two classes"() {
    const [x, weight, bias] = [ones(batch, tokens, 24), ones(2, 24), ones(2)];
    const labels = tf.zeros([batch], "int32");
    return {
      wanted: { x, weight, bias },
      compute() {
        const first = tf.reshape(tf.slice(x, [0, 0, 0], [batch, 1, 24]), [batch, 24]);
        return petl.meanCrossEntropy(petl.linear(tf.tanh(first), weight, bias), labels);
      },
    };
  },
};

function splits({ wanted, compute }: Case): ByteSplit[] {
  resetPeakBytes();
  const { value, gradients } = petl.valueAndGradients(() => tf.sum(compute()), wanted);
  const result = [peakBytes(), petl.liveBytes()];
  tf.dispose([value, gradients as Record<string, Tensor>]);
  return result;
}

/** Peaks of each operation and its gradients, and what is live after. */
async function bytes(device: DeviceProvider): Promise<Record<string, ByteSplit[]>> {
  const opened = await device.open();
  try {
    return Object.fromEntries(Object.entries(cases).map(([name, make]) => [name, petl.tidy(() => splits(make()))]));
  } finally {
    await opened.close();
  }
}

test("the plan's peak bytes of each operation and its gradients are the CPU device's", async () => {
  const planned = await bytes(plan);
  expect(planned).toEqual(await bytes(cpu));
  const peaks = Object.values(planned).map(([peak]) => peak!.total);
  expect(Math.min(...peaks)).toBeGreaterThan(0);
});
