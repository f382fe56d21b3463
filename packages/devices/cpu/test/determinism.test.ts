import * as petl from "@petl/tensor";
import { seededRandom, type Tensor, tf, valueAndGradients } from "@petl/tensor";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import cpu, { type CpuDeviceOptions } from "../src/index.js";
import { bits, integers, normal } from "./compare.js";

type Opened = Awaited<ReturnType<typeof cpu.open>>;
let device: Opened | null = null;
const open = async (options: CpuDeviceOptions): Promise<void> => {
  device = await cpu.open({ kernels: "wasm", ...options });
};
afterEach(async () => {
  await device?.close();
  device = null;
});

const widths = { channels: 24, heads: 3, inner: 52, classes: 77 };

function weights(): Record<string, Tensor> {
  const { channels, inner, classes } = widths;
  return {
    table: normal([classes, channels], 1),
    norm: normal([channels], 2),
    query: normal([channels, channels], 3),
    up: normal([inner, channels], 4),
    down: normal([channels, inner], 5),
    bias: normal([widths.heads, 40, 40], 6),
    gates: normal([3 * 8, channels], 7),
    out: normal([channels, 8], 8),
  };
}

const apply = (weights: Tensor, value: Tensor): Tensor => petl.applyAttention(weights, value, widths.heads);

/** Logits (batch, tokens, classes) of a small network that uses every row-wise kernel. */
function logitsOf(params: Record<string, Tensor>, ids: Tensor, mask: Tensor): Tensor {
  const [batch, tokens] = ids.shape as [number, number];
  const { table, norm, query, up, down, bias, gates, out } = params as Record<string, Tensor>;
  const embedded = petl.embedding(table!, ids);
  const normed = petl.rmsNorm(embedded, norm!);
  const near = tf.slice(bias!, [0, 0, 0], [widths.heads, tokens, tokens]);
  const inputs = { query: petl.linear(normed, query!), key: normed, value: embedded, bias: near, mask };
  const weights = petl.attentionWeights(inputs, { heads: widths.heads, causal: false }); // and as one kernel:
  const attended = tf.add(petl.attention(inputs, { heads: widths.heads, causal: false }), apply(weights, embedded));
  const hidden = tf.add(embedded, attended);
  const mixed = tf.add(hidden, petl.linear(petl.gelu(petl.relu(petl.linear(hidden, up!))), down!));
  const fromInput = tf.reshape(petl.linear(mixed, gates!), [batch * tokens, 3 * 8]);
  const noBias = tf.zeros([3 * 8]);
  const step = { fromInput, fromContext: null, fromState: null, inputBias: noBias, stateBias: noBias, state: null };
  const swept = petl.differentiable(
    "recurrentCell",
    { fromInput },
    () => petl.recurrentCell("gru", step),
    () => ({
      save: [fromInput, noBias],
      backward: (dy, [saved, bias]) => {
        const again = { ...step, fromInput: saved!, inputBias: bias!, stateBias: bias! };
        return { fromInput: () => petl.recurrentCellGradient("gru", again, dy).fromInput };
      },
    }),
  );
  const corrected = tf.add(mixed, tf.reshape(petl.linear(swept, out!), mixed.shape));
  return tf.reshape(petl.linear(corrected, table!), [batch, tokens, widths.classes]);
}

describe("results are the same bits", () => {
  test("on any number of threads: values, gradients and an optimizer step", async () => {
    const results: number[][][] = [];
    for (const threads of [1, 2, 3, 7]) {
      await open({ threads });
      const params = weights();
      const ids = integers([9, 40], 0, widths.classes, 7);
      const labels = integers([360], 0, widths.classes, 8);
      const { value, gradients } = valueAndGradients(() => {
        const logits = petl.dropout(logitsOf(params, ids, tf.ones([9, 40])), 0.1, seededRandom(3));
        return petl.meanCrossEntropy(tf.reshape(logits, [360, widths.classes]), labels);
      }, params);
      const large = tf.matMul(
        normal([301, 1030], 9) as tf.Tensor2D,
        normal([299, 1030], 10) as tf.Tensor2D,
        false,
        true,
      );
      const others = [value, large, petl.columnSum(large), petl.sumOfSquares(large), tf.sum(large, 1)];
      results.push([...others, ...Object.values(gradients)].map(bits));
      await device!.close();
    }
    for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  });

  test("for a sequence alone, in a batch, and padded to any length", async () => {
    await open({ threads: 2 });
    const params = weights();
    const all = integers([8, 40], 1, widths.classes, 11).dataSync();
    const run = (batch: number, tokens: number, length: number, at: number): number[] =>
      tf.tidy(() => {
        const rows = Array.from({ length: batch }, (_, row) =>
          Array.from({ length: tokens }, (_, token) => (token < length ? all[((row + 8 - at) % 8) * 40 + token]! : 0)),
        );
        const mask = rows.map((row) => row.map((_, token) => (token < length ? 1 : 0)));
        const logits = logitsOf(params, tf.tensor2d(rows, [batch, tokens], "int32"), tf.tensor2d(mask));
        return bits(tf.slice(logits, [at, 0, 0], [1, length, widths.classes]));
      });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 33 }),
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 1, max: 8 }),
        (length, padding, batch) => {
          expect(run(batch, length + padding, length, batch - 1)).toEqual(run(1, length, length, 0));
        },
      ),
      { numRuns: 25, seed: 1 },
    );
  });
});
