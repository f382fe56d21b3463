import type { Device, Tensor } from "@petl/tensor";
import * as petl from "@petl/tensor";
import { tf } from "@petl/tensor";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import cpu from "../src/index.js";
import { bits, expectSame, expectSameGradients, integers, normal } from "./compare.js";

/** `erf` in float64: its series, in which every term is positive. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

describe.each(["wasm", "simd"] as const)("kernels of the %s build", (kernels) => {
  let device: Device;
  beforeAll(async () => {
    device = await cpu.open({ kernels });
  });
  afterAll(() => device.close());

  const shapes = [
    [1, 3],
    [1, 7],
    [3, 4],
    [5, 9],
    [2, 3, 33],
    [7, 256],
    [65, 30],
  ];

  test.each(shapes)("layerNorm equals its composition at %j %j %j", (...shape) => {
    const dims = shape.filter((extent) => extent !== undefined) as number[];
    const x = tf.add(normal(dims, 1), 2); // with a mean to take away
    const [weight, bias] = [normal(dims.slice(-1), 2), normal(dims.slice(-1), 3)];
    expectSame("PetlLayerNorm", () => petl.layerNorm(x, weight, bias, 1e-5));
    expectSameGradients(() => petl.layerNorm(x, weight, bias, 1e-5), { x, weight, bias });
    expectSameGradients(() => petl.layerNorm(x, weight, bias, 1e-12), { x });
  });

  test.each(shapes)("geluErf and swiGlu equal their compositions at %j %j %j", (...shape) => {
    const dims = shape.filter((extent) => extent !== undefined) as number[];
    const [x, up] = [normal(dims, 3, 3), normal(dims, 4)];
    expectSame("PetlGeluErf", () => petl.geluErf(x));
    expectSameGradients(() => petl.geluErf(x), { x });
    expectSame("PetlSwiGlu", () => petl.swiGlu(x, up));
    expectSameGradients(() => petl.swiGlu(x, up), { gate: x, up });
    expectSameGradients(() => petl.swiGlu(x, up), { up });
  });

  test("geluErf and its slope are exact to float32, and keep a NaN", () => {
    const values = Float32Array.from({ length: 4001 }, (_, index) => (index - 2000) / 300);
    const x = tf.tensor1d(values);
    const actual = petl.geluErf(x).dataSync();
    const { gradients } = petl.valueAndGradients(() => tf.sum(petl.geluErf(x)), { x });
    const slopes = gradients.x!.dataSync();
    let [largest, steepest] = [0, 0];
    for (const [index, value] of values.entries()) {
      const phi = 0.5 * (1 + erf(value / Math.SQRT2));
      const slope = phi + (value * Math.exp((-value * value) / 2)) / Math.sqrt(2 * Math.PI);
      largest = Math.max(largest, Math.abs(actual[index]! - value * phi) / Math.max(1, Math.abs(value)));
      steepest = Math.max(steepest, Math.abs(slopes[index]! - slope));
    }
    expect(largest).toBeLessThan(1.2e-7);
    expect(steepest).toBeLessThan(2e-7);
    expect([...petl.geluErf(tf.tensor1d([Number.NaN, 20, -20, 1e20, -1e20])).dataSync()]).toEqual([
      ...[Number.NaN, 20, -0, Math.fround(1e20), -0],
    ]);
  });

  test("rotary equals its composition, bit for bit, at any shape and position", () => {
    const extent = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(extent, extent, extent, extent, (batch, tokens, heads, half) => {
        tf.tidy(() => {
          const frequencies = Array.from({ length: half }, (_, index) => 10_000 ** (-index / half));
          const table = petl.rotaryTable(50, frequencies);
          const positions = integers([batch, tokens], 0, 50, 5);
          const x = normal([batch, tokens, heads * 2 * half], 6);
          expectSame("PetlRotary", () => petl.rotary(x, positions, table, heads), 0);
          expectSameGradients(() => petl.rotary(x, positions, table, heads), { x }, 0);
        });
      }),
      { numRuns: 25, seed: 2 },
    );
    const [x, table] = [normal([1, 2, 4], 1), petl.rotaryTable(3, [1, 0.1])];
    for (const position of [3, -1]) {
      const act = (): Tensor => petl.rotary(x, tf.tensor2d([0, position], [1, 2], "int32"), table, 1);
      expect(act).toThrow(`rotary: expected positions 0 to 2, as the table has them, got ${position}`);
    }
  });

  test("gatherRows takes an example's own rows only", () => {
    const x = normal([3, 5, 7], 8);
    const indices = integers([3, 4], 0, 5, 9);
    expectSameGradients(() => petl.gatherRows(x, indices), { x });
    expect(() => petl.gatherRows(x, tf.fill([3, 1], 5, "int32"))).toThrow(/index value 5 is not in \[0, 4\]/);
  });

  test("attention in groups equals its composition at any shape, scaled, with padding anywhere", () => {
    const cases = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      keyValueHeads: fc.integer({ min: 1, max: 3 }),
      group: fc.integer({ min: 1, max: 4 }),
      queries: fc.integer({ min: 1, max: 70 }),
      earlier: fc.integer({ min: 0, max: 70 }),
      size: fc.integer({ min: 1, max: 17 }),
      scale: fc.constantFrom(1, 0.25, 0.7),
      causal: fc.boolean(),
      hasBias: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ batch, keyValueHeads, group, queries, earlier, size, scale, causal, hasBias }) => {
        tf.tidy(() => {
          const [heads, keys] = [keyValueHeads * group, queries + earlier];
          const shape = { heads, keyValueHeads, scale, causal };
          const query = normal([batch, queries, heads * size], 20);
          const [key, value] = [21, 22].map((seed) => normal([batch, keys, keyValueHeads * size], seed));
          const bias = hasBias ? normal([heads, queries, keys], 23) : null;
          const rows = integers([batch, keys], 0, 4, 24); // three keys of four
          const mask = tf.cast(tf.greater(rows, 0), "float32");
          const inputs = { query, key: key!, value: value!, bias, mask };
          const wanted = { query, key: key!, value: value!, ...(bias !== null && { bias }) };
          expectSame("PetlAttention", () => petl.attention(inputs, shape), 5e-6);
          expectSameGradients(() => petl.attention(inputs, shape), wanted, 2e-5);
          const weights = petl.attentionWeights(inputs, shape);
          expectSame("PetlAttentionWeights", () => petl.attentionWeights(inputs, shape), 5e-6);
          const apply = (): Tensor => petl.applyAttention(weights, value!, heads, keyValueHeads);
          expectSame("PetlApplyAttention", apply, 5e-6);
          expect(bits(apply())).toEqual(bits(petl.attention(inputs, shape))); // the same bits as in one kernel
        });
      }),
      { numRuns: 25, seed: 6 },
    );
  });

  test("causal attention over blocks of queries, each of which leaves later keys out, equals its composition", () => {
    for (const [queries, earlier, isLeftPadded] of [
      [130, 0, false],
      [70, 61, false],
      [70, 61, true],
    ] as const) {
      const [batch, heads, size, keys] = [2, 2, 17, queries + earlier];
      const query = normal([batch, queries, heads * size], 20);
      const [key, value] = [21, 22].map((seed) => normal([batch, keys, heads * size], seed)) as [Tensor, Tensor];
      const bias = normal([heads, queries, keys], 23);
      const rows = Array.from({ length: batch * keys }, (_, index) => (isLeftPadded && index % keys < 5 ? 0 : 1));
      const mask = tf.tensor2d(rows, [batch, keys]);
      const shape = { heads, scale: 0.4, causal: true };
      const inputs = { query, key, value, bias, mask };
      expectSame("PetlAttention", () => petl.attention(inputs, shape), 5e-6);
      expectSame("PetlAttentionWeights", () => petl.attentionWeights(inputs, shape), 5e-6);
      expectSameGradients(() => petl.attention(inputs, shape), { query, key, value, bias }, 2e-5);
    }
  });

  test("attention of heads in groups has the bits of attention with repeated keys and values", () => {
    const [batch, queries, size, keyValueHeads, group] = [2, 70, 8, 2, 3];
    const heads = keyValueHeads * group;
    const query = normal([batch, queries, heads * size], 20);
    const [key, value] = [21, 22].map((seed) => normal([batch, queries, keyValueHeads * size], seed)) as [
      Tensor,
      Tensor,
    ];
    const repeated = (x: Tensor): Tensor =>
      tf.reshape(tf.tile(tf.reshape(x, [batch, queries, keyValueHeads, 1, size]), [1, 1, 1, group, 1]), query.shape);
    const mask = tf.ones([batch, queries]);
    const shape = { heads, scale: 0.5, causal: true };
    const one = petl.attention({ query, key, value, bias: null, mask }, { ...shape, keyValueHeads });
    const two = petl.attention({ query, key: repeated(key), value: repeated(value), bias: null, mask }, shape);
    expect(bits(one)).toEqual(bits(two));
  });
});
