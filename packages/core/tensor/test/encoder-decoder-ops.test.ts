import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import * as petl from "../src/index.js";
import { type Tensor, tf, valueAndGradients } from "../src/index.js";
import { compare, expectClose, normal } from "./compare.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

const extent = fc.integer({ min: 1, max: 7 });
const runs = { numRuns: 12 };

/** `erf` in float64: its series, in which every term is positive. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

describe("has the value and gradients of its definition:", () => {
  test("layerNorm", () =>
    fc.assert(
      fc.asyncProperty(extent, extent, fc.integer({ min: 3, max: 9 }), async (batch, tokens, channels) => {
        // three channels at least: with two, y = +-w and the gradient is all cancellation
        const definition = ([x, w, b]: Tensor[]): Tensor => {
          const { mean, variance } = tf.moments(x!, -1, true);
          return tf.add(tf.mul(tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, 1e-5))), w!), b!);
        };
        const fused = ([x, w, b]: Tensor[]): Tensor => petl.layerNorm(x!, w!, b!, 1e-5);
        await compare(fused, definition, [normal(batch, tokens, channels), normal(channels), normal(channels)]);
      }),
      runs,
    ));

  test("geluErf", async () => {
    const values = Array.from({ length: 241 }, (_, index) => (index - 120) / 20);
    const phi = (x: number): number => 0.5 * (1 + erf(x / Math.SQRT2));
    const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    const x = tf.tensor1d(values);
    await expectClose(petl.geluErf(x), tf.tensor1d(values.map((value) => value * phi(value))), "value");
    const { gradients } = valueAndGradients(() => tf.sum(petl.geluErf(x)), { x });
    await expectClose(
      gradients.x!,
      tf.tensor1d(values.map((value) => phi(value) + value * density(value))),
      "gradient",
    );
  });

  test("swiGlu", () =>
    fc.assert(
      fc.asyncProperty(extent, extent, async (rows, channels) => {
        const definition = ([gate, up]: Tensor[]): Tensor =>
          tf.mul(tf.div(gate!, tf.add(1, tf.exp(tf.neg(gate!)))), up!);
        const fused = ([gate, up]: Tensor[]): Tensor => petl.swiGlu(gate!, up!);
        await compare(fused, definition, [normal(rows, channels), normal(rows, channels)]);
      }),
      runs,
    ));

  test("rotary: each pair of channels as a complex number, times exp(i position frequency)", () =>
    fc.assert(
      fc.asyncProperty(extent, extent, fc.integer({ min: 1, max: 3 }), extent, async (batch, tokens, heads, half) => {
        const frequencies = Array.from({ length: half }, (_, index) => 10 ** (-index / half));
        const positions = Array.from({ length: batch * tokens }, (_, index) => (index * 5) % 11);
        const angles = positions.flatMap((position) => frequencies.map((frequency) => position * frequency));
        const trig = (f: (angle: number) => number): Tensor => tf.tensor(angles.map(f), [batch, tokens, 1, half]);
        const definition = ([x]: Tensor[]): Tensor => {
          const [re, im] = tf.split(tf.reshape(x!, [batch, tokens, heads, 2 * half]), 2, -1) as [Tensor, Tensor];
          const [cos, sin] = [trig(Math.cos), trig(Math.sin)];
          const turned = [tf.sub(tf.mul(re, cos), tf.mul(im, sin)), tf.add(tf.mul(re, sin), tf.mul(im, cos))];
          return tf.reshape(tf.concat(turned, -1), x!.shape);
        };
        const [ids, table] = [tf.tensor2d(positions, [batch, tokens], "int32"), petl.rotaryTable(11, frequencies)];
        const fused = ([x]: Tensor[]): Tensor => petl.rotary(x!, ids, table, heads);
        await compare(fused, definition, [normal(batch, tokens, heads * 2 * half)]);
      }),
      runs,
    ));

  test("gatherRows, with indices that repeat", () =>
    fc.assert(
      fc.asyncProperty(extent, extent, extent, extent, async (batch, tokens, rows, channels) => {
        const indices = Array.from({ length: batch * rows }, (_, index) => (index * 3) % tokens);
        const definition = ([x]: Tensor[]): Tensor => {
          const chosen = indices.map((row, index) =>
            tf.slice(x!, [Math.floor(index / rows), row, 0], [1, 1, channels]),
          );
          return tf.reshape(tf.concat(chosen, 1), [batch, rows, channels]);
        };
        const fused = ([x]: Tensor[]): Tensor => petl.gatherRows(x!, tf.tensor2d(indices, [batch, rows], "int32"));
        await compare(fused, definition, [normal(batch, tokens, channels)]);
      }),
      runs,
    ));

  test("meanSquaredError", () =>
    fc.assert(
      fc.asyncProperty(extent, async (rows) => {
        const target = normal(rows);
        const definition = ([x]: Tensor[]): Tensor => tf.div(tf.sum(tf.pow(tf.sub(x!, target), 2)), rows);
        await compare(([x]) => petl.meanSquaredError(x!, target), definition, [normal(rows)]);
      }),
      runs,
    ));

  test("meanCrossEntropy of a task head's two or three classes", () =>
    fc.assert(
      fc.asyncProperty(extent, fc.constantFrom(2, 3), async (rows, classes) => {
        const ids = Array.from({ length: rows }, (_, row) => row % classes);
        const definition = ([x]: Tensor[]): Tensor => {
          const powers = tf.exp(x!);
          const chosen = tf.sum(tf.mul(powers, tf.oneHot(tf.tensor1d(ids, "int32"), classes)), -1);
          return tf.neg(tf.mean(tf.log(tf.div(chosen, tf.sum(powers, -1)))));
        };
        const fused = ([x]: Tensor[]): Tensor => petl.meanCrossEntropy(x!, tf.tensor1d(ids, "int32"));
        await compare(fused, definition, [normal(rows, classes)]);
      }),
      runs,
    ));
});

describe("attention of queries in groups that share keys and values", () => {
  const shapes = fc.record({
    queries: extent,
    earlier: fc.integer({ min: 0, max: 4 }),
    keyValueHeads: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 3 }),
    scale: fc.constantFrom(1, 0.5, 0.125),
    causal: fc.boolean(),
    hasBias: fc.boolean(),
  });
  /** With one key, the gradients of queries, keys and bias are zero, and both sides compute their own rounding of it. */
  const severalKeys = shapes.filter(({ queries, earlier }) => queries + earlier > 1);

  test("equals attention with repeated keys and values, scaled queries and padding in the middle", () =>
    fc.assert(
      fc.asyncProperty(severalKeys, async ({ queries, earlier, keyValueHeads, group, scale, causal, hasBias }) => {
        const [batch, size, keys, heads] = [2, 2, queries + earlier, keyValueHeads * group];
        const isPadding = (row: number, key: number): boolean => row === 1 && key > 0 && key % 2 === 1;
        const mask = tf.tensor2d(
          Array.from({ length: batch }, (_, row) =>
            Array.from({ length: keys }, (_, key) => (isPadding(row, key) ? 0 : 1)),
          ),
        );
        const repeated = (x: Tensor): Tensor =>
          tf.reshape(tf.concat(Array(group).fill(tf.reshape(x, [batch, keys, keyValueHeads, 1, size])), 3), [
            batch,
            keys,
            heads * size,
          ]);
        const inputs = [
          normal(batch, queries, heads * size),
          normal(batch, keys, keyValueHeads * size),
          normal(batch, keys, keyValueHeads * size),
          ...(hasBias ? [normal(heads, queries, keys)] : []),
        ];
        const plain = ([q, k, v, b]: Tensor[]): Tensor => {
          const split = (x: Tensor): Tensor => tf.transpose(tf.reshape(x, [batch, -1, heads, size]), [0, 2, 1, 3]);
          const seen = Array.from({ length: batch * queries * keys }, (_, index) => {
            const [row, query, key] = [
              Math.floor(index / queries / keys),
              Math.floor(index / keys) % queries,
              index % keys,
            ];
            return isPadding(row, key) || (causal && key > query + earlier) ? 0 : 1;
          });
          const allowed = tf.tensor4d(seen, [batch, 1, queries, keys]);
          const products = tf.matMul(split(tf.mul(q!, scale)), split(repeated(k!)), false, true);
          const scores = b === undefined ? products : tf.add(products, b);
          const powers = tf.mul(tf.exp(scores), allowed);
          const context = tf.matMul(tf.div(powers, tf.sum(powers, -1, true)), split(repeated(v!)));
          return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [batch, queries, heads * size]);
        };
        const shape = { heads, keyValueHeads, scale, causal };
        const fused = ([query, key, value, bias]: Tensor[]): Tensor =>
          petl.attention({ query: query!, key: key!, value: value!, bias: bias ?? null, mask }, shape);
        await compare(fused, plain, inputs);
        const parts = ([query, key, value, bias]: Tensor[]): Tensor =>
          petl.applyAttention(
            petl.attentionWeights({ query: query!, key: key!, bias: bias ?? null, mask }, shape),
            value!,
            heads,
            keyValueHeads,
          );
        await compare(parts, plain, inputs);
      }),
      runs,
    ));

  test("gives a query without any key the mean of the values, and finite gradients", async () => {
    const [query, key, value] = [normal(2, 3, 8), normal(2, 3, 4), normal(2, 3, 4)];
    const mask = tf.tensor2d([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    const shape = { heads: 4, keyValueHeads: 2, scale: 0.5, causal: false };
    const compute = (): Tensor => petl.attention({ query, key, value, bias: null, mask }, shape);
    const first = tf.slice(compute(), [0, 0, 0], [1, 3, 8]);
    const mean = tf.reshape(tf.mean(tf.slice(value, [0, 0, 0], [1, 3, 4]), 1), [1, 1, 2, 1, 2]);
    await expectClose(first, tf.reshape(tf.tile(mean, [1, 3, 1, 2, 1]), [1, 3, 8]), "value");
    const { gradients } = valueAndGradients(() => tf.sum(compute()), { query, key, value });
    for (const gradient of Object.values(gradients)) expect((await gradient.data()).every(Number.isFinite)).toBe(true);
  });

  test("refuses heads and channels that do not fit together", () => {
    const [query, key] = [normal(1, 2, 12), normal(1, 2, 8)];
    const inputs = { query, key, value: key, bias: null, mask: tf.ones([1, 2]) };
    expect(() => petl.attention(inputs, { heads: 3, causal: false })).toThrow("attention: expected keys of 3 heads");
    expect(() => petl.attention(inputs, { heads: 3, keyValueHeads: 2, causal: false })).toThrow("a multiple of that");
    expect(() => petl.applyAttention(normal(1, 3, 2, 2), key, 3, 2)).toThrow(
      "applyAttention: expected weights of 3 heads",
    );
  });
});

describe("what a head and pooling are made of has the gradients that tfjs gives:", () => {
  const { tanh, slice, concat, reshape } = tf;
  const cases: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    tanh: (x) => tanh(x),
    slice: (x) => slice(x, [0, 1, 0], [2, 2, 5]),
    concat: (x) => concat([x, tf.square(x)], 1),
    "the first token, reshaped": (x) => reshape(slice(x, [0, 0, 0], [2, 1, 5]), [2, 5]),
    gather: (x) => tf.gather(x, tf.tensor1d([2, 0, 2], "int32"), 1),
    stack: (x) => tf.stack([x, tf.tanh(x)], 1),
    split: (x) => tf.mul(...(tf.split(x, [1, 2], 1).map((part) => tf.sum(part, 1)) as [Tensor, Tensor])),
  };
  test.each(Object.keys(cases))("%s", async (name) => {
    await compare(
      ([x]) => cases[name]!(x!),
      ([x]) => cases[name]!(x!),
      [normal(2, 3, 5)],
    );
  });
});

describe("refuses, naming what it was given:", () => {
  test.each([
    ["layerNorm", () => petl.layerNorm(normal(2, 3), normal(4), normal(3), 1e-5), "weight and bias of 3 channels"],
    [
      "rotary's channels",
      () => petl.rotary(normal(1, 2, 6), tf.zeros([1, 2], "int32"), petl.rotaryTable(2, [1]), 2),
      "2 heads of 2 channels",
    ],
    [
      "rotary's positions",
      () => petl.rotary(normal(1, 2, 4), tf.zeros([1, 2]), petl.rotaryTable(2, [1]), 2),
      "int32 positions [1,2]",
    ],
    ["rotaryTable's positions", () => petl.rotaryTable(0, [1]), "a positive number of positions, got 0"],
    ["rotaryTable's frequencies", () => petl.rotaryTable(1, []), "got none"],
    ["gatherRows", () => petl.gatherRows(normal(2, 3, 4), tf.zeros([2, 1])), "float32 [2,1]"],
    ["meanSquaredError", () => petl.meanSquaredError(normal(2, 1), normal(2)), "got prediction [2,1]"],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});
