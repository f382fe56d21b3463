import * as petl from "@petl/tensor";
import {
  hasKernel,
  type KernelName,
  randomValues,
  runKernel,
  seededRandom,
  type Tensor,
  tf,
  withComposedKernels,
} from "@petl/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import webgpu, { type WebGpuDevice } from "../src/index.js";
import { matMulProgram } from "../src/kernels/mat-mul-program.js";

// An emulated GPU takes many minutes for these, so they are asked for: PETL_SOFTWARE_GPU=1.
const asked = process.env.PETL_SOFTWARE_GPU === "1";
const probed = await webgpu.probe({ gpu: "software" });
const usable = asked && probed.usable;
if (!usable)
  console.warn(`skipped: ${asked ? probed.reason : "kernels on an emulated GPU; PETL_SOFTWARE_GPU=1 asks for them"}`);

const normal = (shape: readonly number[], seed: number, deviation = 1): Tensor =>
  seededRandom(seed).normal(shape, 0, deviation);

async function difference(actual: Tensor, expected: Tensor): Promise<number> {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [await actual.data(), await expected.data()];
  let [largest, top] = [0, 1e-3];
  for (let index = 0; index < b.length; index++) {
    const distance = Math.abs(a[index]! - b[index]!);
    if (!(distance <= largest)) largest = distance; // NaN wins
    top = Math.max(top, Math.abs(b[index]!));
  }
  return largest / top;
}

describe.skipIf(!usable)("kernels of the webgpu device", () => {
  let device: WebGpuDevice;
  beforeAll(async () => {
    device = await webgpu.open({ gpu: "software" });
  });
  afterAll(() => device.close());

  /** Value and gradients of an operation with this device's kernels and composed of tfjs's own. */
  async function expectSame(
    name: KernelName,
    operation: () => Tensor,
    wanted: Readonly<Record<string, Tensor>>,
    tolerance = 1e-5,
  ): Promise<void> {
    expect(hasKernel(name)).toBe(true);
    const compute = () => {
      const output = operation();
      return petl.valueAndGradients(() => tf.sum(tf.mul(operation(), normal(output.shape, 99))), wanted);
    };
    expect(await difference(operation(), withComposedKernels(operation))).toBeLessThanOrEqual(tolerance);
    const [expected, actual] = [withComposedKernels(compute), compute()];
    expect(Object.keys(actual.gradients)).toEqual(Object.keys(expected.gradients));
    for (const [which, gradient] of Object.entries(expected.gradients))
      expect.soft(await difference(actual.gradients[which]!, gradient), which).toBeLessThanOrEqual(tolerance);
  }

  test.each([
    [1, 1],
    [3, 4],
    [2, 3, 133],
    [70, 30],
  ])("rmsNorm, relu and gelu equal their compositions at %j %j %j", async (...extents) => {
    const shape = extents.filter((extent) => extent !== undefined) as number[];
    const [x, weight] = [normal(shape, 1, 3), normal(shape.slice(-1), 2)];
    await expectSame("PetlRmsNorm", () => petl.rmsNorm(x, weight), { x, weight });
    await expectSame("PetlRmsNorm", () => petl.rmsNorm(x), { x });
    await expectSame("PetlRelu", () => petl.relu(x), { x }, 0);
    await expectSame("PetlGelu", () => petl.gelu(x), { x });
  });

  test.each([
    [1, 3],
    [3, 4],
    [2, 3, 133],
    [70, 30],
  ])("layerNorm, geluErf and swiGlu equal their compositions at %j %j %j", async (...extents) => {
    const shape = extents.filter((extent) => extent !== undefined) as number[];
    const x = normal(shape, 1, 3);
    const [weight, bias] = [normal(shape.slice(-1), 2), normal(shape.slice(-1), 3)];
    await expectSame("PetlLayerNorm", () => petl.layerNorm(tf.add(x, 2), weight, bias, 1e-5), { weight, bias });
    await expectSame("PetlLayerNorm", () => petl.layerNorm(x, weight, bias, 1e-12), { x });
    await expectSame("PetlGeluErf", () => petl.geluErf(x), { x });
    await expectSame("PetlSwiGlu", () => petl.swiGlu(tf.mul(x, 20), x), { x });
    const up = normal(shape, 4);
    await expectSame("PetlSwiGlu", () => petl.swiGlu(x, up), { x, up });
  });

  test("rotary equals its composition; a position that the table does not have gives NaN", async () => {
    const [batch, tokens, heads, half] = [2, 5, 3, 7];
    const table = petl.rotaryTable(
      2000,
      Array.from({ length: half }, (_, index) => 10_000 ** (-index / half)),
    );
    const ids = Array.from({ length: batch * tokens }, (_, index) => (index * 619) % 2000);
    const x = normal([batch, tokens, heads * 2 * half], 6);
    const turned = (positions: readonly number[]): Tensor =>
      petl.rotary(x, tf.tensor2d([...positions], [batch, tokens], "int32"), table, heads);
    await expectSame("PetlRotary", () => turned(ids), { x }, 1e-6);
    for (const wrong of [2000, -1]) {
      const values = await turned(ids.with(3, wrong)).data();
      const width = heads * 2 * half;
      expect([...values].filter(Number.isNaN)).toHaveLength(width);
      expect([...values.slice(3 * width, 4 * width)].every(Number.isNaN)).toBe(true);
    }
  });

  test.each([
    [2, 2, 3, 5, 7, 4],
    [1, 1, 4, 19, 20, 18],
  ])(
    "attention in groups equals its composition: batch %i, %i key heads of %i each, queries %i, keys %i, size %i",
    async (batch, keyValueHeads, group, queries, keys, size) => {
      const heads = keyValueHeads * group;
      const query = normal([batch, queries, heads * size], 20);
      const [key, value] = [21, 22].map((seed) => normal([batch, keys, keyValueHeads * size], seed)) as [
        Tensor,
        Tensor,
      ];
      const bias = normal([heads, queries, keys], 23);
      const rows = Array.from({ length: batch * keys }, (_, index) => (index % 3 === 1 ? 0 : 1));
      const inputs = { query, key, value, bias: null, mask: tf.tensor2d(rows, [batch, keys]) };
      for (const causal of [false, true]) {
        const shape = { heads, keyValueHeads, scale: 0.3, causal };
        await expectSame("PetlAttention", () => petl.attention(inputs, shape), { query, key, value });
        const biased = { ...inputs, bias };
        await expectSame("PetlAttention", () => petl.attention(biased, shape), { query, key, value, bias });
      }
    },
  );

  test.each([
    [1, 1],
    [5, 303],
  ])("cross-entropy equals its composition at %i x %i, ignored labels included", async (rows, classes) => {
    const logits = normal([rows!, classes!], 4, 4);
    const ids = Array.from({ length: rows! }, (_, row) => (row % 3 === 1 ? petl.ignoredLabel : (row * 7) % classes!));
    const labels = tf.tensor1d(ids, "int32");
    await expectSame("PetlCrossEntropy", () => petl.softmaxCrossEntropy(logits, labels), { logits });
  });

  test.each([
    [3, 5, 4],
    [7, 150, 3],
    [2, 40, 131],
  ])("embedding's gradient adds up by id: table %i, %i ids, %i channels", async (size, count, channels) => {
    const table = normal([size, channels], 6);
    const ids = tf.tensor2d(
      [Array.from({ length: count }, (_, index) => (index * 5 + (index >> 2)) % size)],
      undefined,
      "int32",
    );
    await expectSame("PetlEmbeddingGradient", () => petl.embedding(table, ids), { table });
  });

  test.each(["gru", "rnn", "lstm"] as const)(
    "a step of the %s cell equals its composition, first and later",
    async (cell) => {
      const { gates, stateParts } = petl.recurrentCells[cell];
      const [rows, hidden] = [5, 33];
      const part = (seed: number): Tensor => normal([rows, gates * hidden], seed, 2);
      const biases = { inputBias: normal([gates * hidden], 4), stateBias: normal([gates * hidden], 5) };
      const state = normal([rows, stateParts * hidden], 6);
      for (const step of [
        { ...biases, fromInput: part(1), fromContext: null, fromState: null, state: null },
        { ...biases, fromInput: part(1), fromContext: part(2), fromState: part(3), state },
      ]) {
        const forward = () => petl.recurrentCell(cell, step);
        expect(hasKernel("PetlRecurrentCell")).toBe(true);
        expect(await difference(forward(), withComposedKernels(forward))).toBeLessThan(1e-5);
        const backward = () => petl.recurrentCellGradient(cell, step, normal([rows, stateParts * hidden], 7));
        const [actual, expected] = [backward(), withComposedKernels(backward)];
        expect(await difference(actual.fromInput, expected.fromInput)).toBeLessThan(1e-5);
        expect(await difference(actual.fromState, expected.fromState)).toBeLessThan(1e-5);
        expect(actual.state === null).toBe(expected.state === null);
        if (expected.state !== null) expect(await difference(actual.state!, expected.state)).toBeLessThan(1e-5);
      }
    },
  );

  test("column sums and sums of squares equal float64 sums", async () => {
    for (const [rows, columns] of [
      [1, 1],
      [5, 3],
      [200, 70],
    ] as const) {
      const x = normal([rows, columns], 8);
      const values = [...(await x.data())];
      const sums = Array.from({ length: columns }, (_, column) =>
        values.reduce((sum, value, index) => sum + (index % columns === column ? value : 0), 0),
      );
      const squares = values.reduce((sum, value) => sum + value * value, 0);
      expect(await difference(petl.columnSum(x), tf.tensor1d(sums))).toBeLessThan(1e-6);
      expect(await difference(petl.sumOfSquares(x), tf.scalar(squares))).toBeLessThan(1e-6);
    }
  });

  test.each([
    [1, 1, 1, 1, 1],
    [2, 3, 5, 7, 4],
    [2, 2, 19, 20, 18],
  ])(
    "attention equals its composition: batch %i, heads %i, queries %i, keys %i, size %i",
    async (batch, heads, queries, keys, size) => {
      const width = heads * size;
      const query = normal([batch, queries, width], 20);
      const [key, value] = [normal([batch, keys, width], 21), normal([batch, keys, width], 22)];
      const bias = normal([heads, queries, keys], 23);
      const lengths = Array.from({ length: batch }, (_, example) => Math.max(1, keys - 2 * example));
      const mask = tf.tensor2d(
        lengths.map((length) => Array.from({ length: keys }, (_, index) => (index < length ? 1 : 0))),
      );
      const whole = { query, key, value, bias, mask };
      await expectSame("PetlAttention", () => petl.attention(whole, { heads, causal: true }), {
        query,
        key,
        value,
        bias,
      });
      const plain = { ...whole, bias: null, mask: tf.cast(mask, "int32") };
      await expectSame("PetlAttention", () => petl.attention(plain, { heads, causal: false }), { query, key, value });
    },
  );

  test.each([
    [1, 1, 1, 1, 1],
    [3, 5, 7, 33, 3],
    [2, 17, 19, 6, 1],
    [1, 9, 7, 2100, 1], // deep: cut into pieces where a weight's gradient adds up tokens
    [1, 70, 530, 18, 1], // tiles of 64
  ])(
    "products equal nested loops in every layout: %i of %i x %i, depth %i",
    async (batch, rows, columns, depth, batchB) => {
      for (const transposeA of [false, true])
        for (const transposeB of [false, true]) {
          const a = normal(transposeA ? [batch, depth, rows] : [batch, rows, depth], 1);
          const shapeB = transposeB ? [columns, depth] : [depth, columns];
          const b = normal(batchB === 1 ? shapeB : [batch, ...shapeB], 2);
          const [left, right] = [await a.data(), await b.data()];
          const exact = new Float32Array(batch * rows * columns);
          for (let index = 0; index < exact.length; index++) {
            const [product, row, column] = [
              Math.floor(index / (rows * columns)),
              Math.floor(index / columns) % rows,
              index % columns,
            ];
            const [fromA, fromB] = [product * rows * depth, batchB === 1 ? 0 : product * depth * columns];
            for (let k = 0; k < depth; k++)
              exact[index]! +=
                left[fromA + (transposeA ? k * rows + row : row * depth + k)]! *
                right[fromB + (transposeB ? column * depth + k : k * columns + column)]!;
          }
          const expected = tf.tensor(exact, [batch, rows, columns]);
          expect(
            await difference(tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D, transposeA, transposeB), expected),
          ).toBeLessThan(1e-5);
        }
    },
  );

  test("a row of a product has the same bits whatever the batch and the tiles", async () => {
    const weight = normal([530, 40], 3);
    const x = normal([70, 40], 4);
    const all = await tf.matMul(x, weight, false, true).data(); // tiles of 64
    const some = await tf.matMul(tf.slice(x, [3, 0], [2, 40]), weight, false, true).data(); // tiles of 16
    expect([...some]).toEqual([...all.slice(3 * 530, 5 * 530)]);
  });

  test("the shader of the largest tiles compiles and fits this device's limits", async () => {
    const program = matMulProgram({ tileRows: 128, tileColumns: 128, transposeA: false, transposeB: true });
    expect(program.source.match(/fma\(/g)).toHaveLength(8 * 8 * 4);
    await device.synchronize();
  });

  test("random values and dropout are those of plain JavaScript, bit for bit", async () => {
    for (const size of [1, 7, 257])
      for (const key of [
        [0, 0],
        [-5, 123456789],
      ] as const) {
        for (const distribution of ["uniform", "normal"] as const) {
          const drawn = runKernel("PetlRandom", {}, { shape: [size], key, distribution })[0]!;
          expect(await drawn.data()).toEqual(randomValues(distribution, size, key));
        }
        const random = { ...seededRandom(0), fork: () => ({ ...seededRandom(0), key }) };
        const x = normal([size], 11);
        const expected = withComposedKernels(() => petl.dropout(x, 0.3, random));
        expect([...(await petl.dropout(x, 0.3, random).data())]).toEqual([...(await expected.data())]);
      }
  });

  test("AdamW follows the formula of PyTorch, in place, over three steps", async () => {
    const size = 11;
    const [param, gradient] = [normal([size], 12), normal([size], 13)];
    const [mean, variance] = [tf.zeros([size]), tf.zeros([size])];
    const settings = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
    const p = [...(await param.data())];
    const [m, v] = [p.map(() => 0), p.map(() => 0)];
    const g = [...(await gradient.data())].map((value) => value * 0.5);
    for (let step = 1; step <= 3; step++) {
      runKernel("PetlAdamW", { param, gradient, mean, variance, scale: tf.scalar(0.5) }, { ...settings, step });
      for (let i = 0; i < size; i++) {
        p[i]! *= 1 - 0.01 * 0.1;
        m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
        v[i] = 0.999 * v[i]! + 0.001 * g[i]! ** 2;
        p[i]! -= (0.01 * (m[i]! / (1 - 0.9 ** step))) / (Math.sqrt(v[i]! / (1 - 0.999 ** step)) + 1e-8);
      }
      expect(await difference(param, tf.tensor1d(p))).toBeLessThan(2e-6); // what was read before is not read again
    }
    expect(await difference(mean, tf.tensor1d(m))).toBeLessThan(2e-6);
    expect(await difference(variance, tf.tensor1d(v))).toBeLessThan(2e-6);
  });

  test("a sum of more tensors than a GPU binds at a time", async () => {
    const terms = Array.from({ length: 60 }, (_, index) => tf.scalar(index));
    expect((await tf.addN(terms).data())[0]).toBe(1770);
  });
});
