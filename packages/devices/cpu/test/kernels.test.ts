import type { Device, Tensor } from "@petl/tensor";
import * as petl from "@petl/tensor";
import { randomValues, runKernel, seededRandom, tf, withComposedKernels } from "@petl/tensor";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import cpu from "../src/index.js";
import { bits, expectClose, expectSame, expectSameGradients, integers, normal } from "./compare.js";

describe.each(["wasm", "simd"] as const)("kernels of the %s build", (kernels) => {
  let device: Device;
  beforeAll(async () => {
    device = await cpu.open({ kernels });
  });
  afterAll(() => device.close());

  const shapes = [
    [1, 1],
    [1, 7],
    [3, 4],
    [5, 9],
    [2, 3, 33],
    [7, 256],
    [65, 30],
  ];

  test.each(shapes)("rmsNorm equals its composition at %j %j %j, with and without weight", (...shape) => {
    const dims = shape.filter((extent) => extent !== undefined) as number[];
    const [x, weight] = [normal(dims, 1), normal(dims.slice(-1), 2)];
    expectSame("PetlRmsNorm", () => petl.rmsNorm(x, weight));
    expectSameGradients(() => petl.rmsNorm(x, weight), { x, weight });
    expectSameGradients(() => petl.rmsNorm(x), { x });
  });

  test.each(shapes)("softmax equals exp(x) / sum(exp(x)) at %j %j %j", (...shape) => {
    const x = normal(shape.filter((extent) => extent !== undefined) as number[], 5, 3);
    const powers = tf.exp(tf.sub(x, tf.max(x, -1, true)));
    expectClose(tf.softmax(x), tf.div(powers, tf.sum(powers, -1, true)), 1e-6);
  });

  test.each(shapes)("relu and gelu equal their compositions at %j %j %j", (...shape) => {
    const x = normal(shape.filter((extent) => extent !== undefined) as number[], 3, 3);
    expectSame("PetlRelu", () => petl.relu(x), 0);
    expectSame("PetlGelu", () => petl.gelu(x));
    expectSameGradients(() => petl.relu(x), { x }, 0);
    expectSameGradients(() => petl.gelu(x), { x });
  });

  test.each(["gru", "rnn", "lstm"] as const)(
    "a step of the %s cell equals its composition, whatever is absent",
    (cell) => {
      const { gates, stateParts } = petl.recurrentCells[cell];
      const presence = fc.record({ context: fc.boolean(), state: fc.boolean() });
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 9 }),
          fc.oneof(fc.integer({ min: 1, max: 21 }), fc.integer({ min: 60, max: 140 })), // rows in pieces of 64
          presence,
          (rows, hidden, given) => {
            tf.tidy(() => {
              const part = (seed: number): Tensor => normal([rows, gates * hidden], seed, 2);
              const step = {
                fromInput: part(1),
                fromContext: given.context ? part(2) : null,
                fromState: given.state ? part(3) : null,
                inputBias: normal([gates * hidden], 4),
                stateBias: normal([gates * hidden], 5),
                state: given.state ? normal([rows, stateParts * hidden], 6) : null,
              };
              expectSame("PetlRecurrentCell", () => petl.recurrentCell(cell, step));
              const dState = normal([rows, stateParts * hidden], 7);
              const compute = () => petl.recurrentCellGradient(cell, step, dState);
              const [expected, actual] = [withComposedKernels(compute), compute()];
              expectClose(actual.fromInput, expected.fromInput);
              expectClose(actual.fromState, expected.fromState);
              expect(actual.state === null).toBe(expected.state === null);
              if (expected.state !== null) expectClose(actual.state!, expected.state);
            });
          },
        ),
        { numRuns: 30, seed: 3 },
      );
    },
  );

  test("a tensor from the host holds what was written, in the device's own memory", () => {
    const write = (values: Float32Array): void => values.set([1, -2, 0.5, 4, 5, 6]);
    expectSame("PetlFromHost", () => petl.fromHost([2, 3], write), 0);
    const arrays: Float32Array[] = [];
    const filled = petl.fromHost([4], (values) => arrays.push(values.fill(1)));
    arrays[0]![0] = 7; // as nobody may, to see where it lies
    expect([...filled.dataSync()]).toEqual([7, 1, 1, 1]);
  });

  test("tanh and sigmoid hold their precision near 0 and far from it", () => {
    const values = [0, 1e-30, -1e-6, 1e-3, -0.3, 0.62, 0.63, -2, 8, -20, 90, -300];
    const step = {
      ...{ fromInput: tf.tensor2d(values, [1, values.length]), fromContext: null, fromState: null, state: null },
      ...{ inputBias: tf.zeros([values.length]), stateBias: tf.zeros([values.length]) },
    };
    const states = petl.recurrentCell("rnn", step).dataSync();
    for (const [index, value] of values.entries()) {
      expect(Math.abs(states[index]! - Math.tanh(value))).toBeLessThanOrEqual(2e-7 * Math.abs(Math.tanh(value)));
    }
  });

  test.each([
    [1, 1],
    [3, 2],
    [5, 33],
    [4, 1003],
  ])("cross-entropy equals its composition at %i x %i", (rows, classes) => {
    const logits = normal([rows!, classes!], 4, 4);
    const ids = [...integers([rows!], 0, classes!, 5).dataSync()];
    const labels = tf.tensor1d(
      ids.map((id, row) => (row % 3 === 1 ? petl.ignoredLabel : id)),
      "int32",
    );
    expectSame("PetlCrossEntropy", () => petl.softmaxCrossEntropy(logits, labels));
    expectSameGradients(() => petl.softmaxCrossEntropy(logits, labels), { logits });
    expectSameGradients(() => petl.meanCrossEntropy(logits, labels), { logits });
  });

  test.each([
    [Number.NaN, 5],
    [Number.NaN, 1003],
    [Number.POSITIVE_INFINITY, 1003],
  ])(
    "N5: a logit of %d makes loss and gradient of its row NaN, as composed, and no other (%i classes)",
    (odd, classes) => {
      const values = normal([3, classes], 4, 4).dataSync().slice();
      const labels = tf.tensor1d([0, 1, 2], "int32");
      const before = petl.softmaxCrossEntropy(tf.tensor2d(values, [3, classes]), labels).dataSync();
      values[classes + classes - 1] = odd;
      const logits = tf.tensor2d(values, [3, classes]);
      const compute = () => {
        const { value, gradients } = petl.valueAndGradients(() => tf.sum(petl.softmaxCrossEntropy(logits, labels)), {
          logits,
        });
        const dx = gradients.logits!.dataSync();
        return [
          value.dataSync()[0],
          ...[0, 1, 2].map((row) => dx.slice(row * classes, (row + 1) * classes).every(Number.isNaN)),
        ];
      };
      expect(compute()).toEqual(withComposedKernels(compute));
      expect(compute()).toEqual([Number.NaN, false, true, false]);
      expect([...petl.softmaxCrossEntropy(logits, labels).dataSync()]).toEqual([before[0], Number.NaN, before[2]]);
    },
  );

  test("N4: softmax and attention keep a NaN", () => {
    const x = normal([2, 9], 5).dataSync().slice();
    x[3] = Number.NaN;
    expect(
      tf
        .softmax(tf.tensor2d(x, [2, 9]))
        .dataSync()
        .map(Number.isNaN as never)
        .join(),
    ).toBe(`${Array(9).fill(1).join()},${Array(9).fill(0).join()}`);
  });

  test.each([
    [3, 5, 4],
    [7, 2, 37],
    [2, 40, 1],
  ])("embedding's gradient adds up by id: table %i, %i ids, %i channels", (size, count, channels) => {
    const [table, ids] = [normal([size!, channels!], 6), integers([2, count!], 0, size!, 7)];
    expectSameGradients(() => petl.embedding(table, ids), { table });
  });

  test.each([
    [1, 1],
    [5, 3],
    [9, 34],
    [130, 16],
  ])("column sum and sum of squares of %i x %i equal float64 sums", (rows, columns) => {
    const x = normal([rows!, columns!], 8);
    const values = x.dataSync();
    const byColumn = Float32Array.from({ length: columns! }, (_, column) => {
      let sum = 0;
      for (let row = 0; row < rows!; row++) sum += values[row * columns! + column]!;
      return sum;
    });
    expect(bits(petl.columnSum(x))).toEqual([...new Int32Array(byColumn.buffer)]);
    const squares = [...values].reduce((sum, value) => sum + value * value, 0);
    expect(petl.sumOfSquares(x).dataSync()[0]).toBeCloseTo(squares, 3);
    expectSame("PetlColumnSum", () => petl.columnSum(x), 1e-5);
    expectSame("PetlSumOfSquares", () => petl.sumOfSquares(x), 1e-5);
  });

  test.each([
    [1, 5],
    [5, 9],
    [8, 8],
    [11, 30],
  ])("%i rows of %i made orthonormal, and rotated until orthogonal, as composed operations do", (rows, columns) => {
    const x = normal([rows!, columns!], 12) as petl.tf.Tensor2D;
    expectSame("PetlOrthonormalRows", () => petl.orthonormalRows(x), 1e-5);
    expectSame("PetlRotateRows", () => petl.rotatedRows(x, 8), 1e-5);
    const basis = petl.orthonormalRows(x);
    const products = tf.matMul(basis, basis, false, true);
    expect(tf.max(tf.abs(tf.sub(products, tf.eye(rows!)))).dataSync()[0]).toBeLessThan(1e-6);
    const rotated = petl.rotatedRows(x, 8);
    const crossed = tf.mul(tf.matMul(rotated, rotated, false, true), tf.sub(1, tf.eye(rows!)));
    expect(tf.max(tf.abs(crossed)).dataSync()[0]).toBeLessThan(1e-4);
  });

  test("a mean over 300,000 values is right to float32", () => {
    const x = tf.add(normal([300_000], 9), 5);
    const exact = [...x.dataSync()].reduce((sum, value) => sum + value, 0) / x.size;
    expect(tf.mean(x).dataSync()[0]).toBe(Math.fround(exact));
  });

  test.each([
    [[2, 3, 5], [0]],
    [[2, 3, 5], [1]],
    [[2, 3, 5], [2]],
    [
      [2, 3, 5],
      [0, 1],
    ],
    [
      [2, 3, 5],
      [1, 2],
    ],
    [
      [4, 6],
      [0, 1],
    ],
    [
      [2, 3, 5],
      [0, 2],
    ],
  ])("sums and means of shape %j over axes %j equal nested loops", (shape, axes) => {
    const x = normal(shape, 10);
    const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    const sums = tf.buffer(kept as [number, number, number]);
    const values = tf.buffer(shape as [number, number, number], "float32", x.dataSync() as Float32Array);
    for (let index = 0; index < x.size; index++) {
      const from = values.indexToLoc(index);
      const to = from.map((at, axis) => (axes.includes(axis) ? 0 : at));
      sums.set(sums.get(...to) + values.get(...from), ...to);
    }
    expectClose(tf.sum(x, axes, true), sums.toTensor());
    const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
    expectClose(tf.mean(x, axes), tf.div(tf.squeeze(sums.toTensor(), axes), count));
  });

  test.each([
    [1, 1, 1, 1, 1],
    [2, 3, 5, 7, 4],
    [3, 2, 9, 4, 6],
    [2, 4, 64, 64, 16],
    [1, 2, 70, 130, 9],
    [2, 1, 131, 66, 8],
  ])(
    "attention equals its composition: batch %i, heads %i, queries %i, keys %i, size %i",
    (batch, heads, queries, keys, size) => {
      const width = heads * size;
      const query = normal([batch, queries, width], 20);
      const [key, value] = [normal([batch, keys, width], 21), normal([batch, keys, width], 22)];
      const bias = normal([heads, queries, keys], 23);
      const lengths = Array.from({ length: batch }, (_, example) => Math.max(1, keys - 2 * example));
      const mask = tf.tensor2d(
        lengths.map((length) => Array.from({ length: keys }, (_, index) => (index < length ? 1 : 0))),
      );
      for (const causal of [false, keys >= queries]) {
        const shape = { heads, causal };
        expectSame("PetlAttention", () => petl.attention({ query, key, value, bias, mask }, shape), 5e-6);
        expectSame("PetlAttention", () => petl.attention({ query, key, value, bias: null, mask }, shape), 5e-6);
        const wanted = { query, key, value, bias };
        expectSameGradients(() => petl.attention({ query, key, value, bias, mask }, shape), wanted, 2e-5);
        expectSameGradients(() => petl.attention({ query, key, value, bias: null, mask }, shape), { query, key }, 2e-5);
      }
      expectSame(
        "PetlAttention",
        () => petl.attention({ query, key, value, bias, mask: tf.cast(mask, "int32") }, { heads, causal: false }),
        5e-6,
      );
    },
  );

  test("attention's weights, and applied to values, equal their compositions at any shape", () => {
    const shapes = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      heads: fc.integer({ min: 1, max: 4 }),
      queries: fc.integer({ min: 1, max: 70 }),
      keys: fc.integer({ min: 1, max: 70 }),
      size: fc.integer({ min: 1, max: 17 }),
    });
    fc.assert(
      fc.property(shapes, fc.boolean(), ({ batch, heads, queries, keys, size }, hasBias) => {
        tf.tidy(() => {
          const [query, key] = [normal([batch, queries, heads * size], 40), normal([batch, keys, heads * size], 41)];
          const value = normal([batch, keys, heads * size], 42);
          const bias = hasBias ? normal([heads, queries, keys], 43) : null;
          const rows = Array.from({ length: batch }, (_, row) =>
            Array.from({ length: keys }, (_, index) => (index <= keys - 1 - row ? 1 : index === 0 ? 1 : 0)),
          );
          const inputs = { query, key, bias, mask: tf.tensor2d(rows) };
          for (const causal of [false, keys >= queries]) {
            const shape = { heads, causal };
            expectSame("PetlAttentionWeights", () => petl.attentionWeights(inputs, shape), 5e-6);
            const weights = petl.attentionWeights(inputs, shape);
            expectSame("PetlApplyAttention", () => petl.applyAttention(weights, value, heads), 5e-6);
            const whole = petl.attention({ ...inputs, value }, shape); // the same bits as in one kernel
            expect(bits(petl.applyAttention(weights, value, heads))).toEqual(bits(whole));
          }
        });
      }),
      { numRuns: 25, seed: 6 },
    );
  });

  test("attention's weights that are differentiated have the gradients of their composition", () => {
    const [query, key, value] = [normal([2, 3, 8], 44), normal([2, 5, 8], 45), normal([2, 5, 8], 46)];
    const [bias, mask] = [normal([2, 3, 5], 47), tf.ones([2, 5])];
    const shape = { heads: 2, causal: false };
    const context = (): Tensor =>
      petl.applyAttention(petl.attentionWeights({ query, key, bias, mask }, shape), value, 2);
    expectSameGradients(context, { query, key, value, bias }, 2e-5);
    expectSameGradients(context, { value }, 2e-5);
  });

  test("a linear layer equals its composition at any shape, with its gradients", () => {
    const extent = fc.integer({ min: 1, max: 40 });
    const leading = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(leading, extent, extent, fc.boolean(), (lead, input, output, hasBias) => {
        tf.tidy(() => {
          const [x, weight] = [normal([...lead, input], 48), normal([output, input], 49)];
          const bias = hasBias ? normal([output], 50) : null;
          const wanted: Record<string, Tensor> = bias === null ? { x, weight } : { x, weight, bias };
          expectSame("PetlLinear", () => petl.linear(x, weight, bias), 5e-6);
          expectSameGradients(() => petl.linear(x, weight, bias), wanted, 2e-5);
        });
      }),
      { numRuns: 40, seed: 7 },
    );
    expect(() => runKernel("PetlLinear", { x: tf.ones([2, 3]), weight: tf.ones([4, 5]) }, {})).toThrowError(
      /expected 5 channels for weight \[4,5\], got x \[2,3\]/,
    );
  });

  test("attention adds up the gradient of the bias over more examples than it holds at a time", () => {
    const [query, bias] = [normal([3, 600, 4], 24), normal([4, 600, 600], 25)];
    const inputs = { query, key: query, value: normal([3, 600, 4], 26), bias, mask: tf.ones([3, 600]) };
    expectSameGradients(() => petl.attention(inputs, { heads: 4, causal: false }), { bias }, 2e-5);
  });

  test("addition equals plain JavaScript, of one shape and broadcast", () => {
    const [a, b] = [normal([5, 7], 30), normal([5, 7], 31)];
    const [left, right] = [a.dataSync(), b.dataSync()];
    expect([...tf.add(a, b).dataSync()]).toEqual([...left].map((value, index) => Math.fround(value + right[index]!)));
    expect([...tf.add(a, tf.slice(b, [0, 0], [1, 7])).dataSync()]).toEqual(
      [...left].map((value, index) => Math.fround(value + right[index % 7]!)),
    );
  });

  test("a clone shares its values until it is disposed", () => {
    const x = normal([5], 32);
    const before = petl.liveBytes().total;
    const copy = x.clone();
    expect(petl.liveBytes().total).toBe(before);
    const expected = [...x.dataSync()];
    x.dispose();
    expect([...copy.dataSync()]).toEqual(expected);
    copy.dispose();
    expect(petl.liveBytes().total).toBe(before - 20);
  });

  test("gather copies rows of any width, and its gradient adds them up", () => {
    const x = normal([7, 3, 5], 27);
    const ids = integers([2, 4], 0, 7, 28);
    const rows = tf.tidy(() => [...ids.dataSync()].map((id) => tf.slice(x, [id, 0, 0], [1, 3, 5])));
    expect(bits(tf.gather(x, ids as tf.Tensor2D))).toEqual(bits(tf.concat(rows)));
    expectSameGradients(() => tf.gather(x, ids as tf.Tensor2D), { x });
    expect(() => tf.gather(x, tf.tensor1d([7], "int32"))).toThrowError(/index value 7 is not in \[0, 6\]/);
    expect(tf.gather(integers([9], 0, 99, 29), tf.tensor1d([8, 0], "int32")).dtype).toBe("int32");
  });

  test("gather over any axis and batch dimensions takes the values that its definition names", () => {
    const shapeOf = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    const cases = shapeOf.chain((shape) =>
      fc.integer({ min: 0, max: shape.length - 1 }).chain((axis) =>
        fc.record({
          shape: fc.constant(shape),
          axis: fc.constant(axis),
          batchDims: fc.integer({ min: 0, max: Math.min(axis, 2) }),
          count: fc.integer({ min: 1, max: 5 }),
          dtype: fc.constantFrom("float32" as const, "int32" as const, "bool" as const),
        }),
      ),
    );
    fc.assert(
      fc.property(cases, ({ shape, axis, batchDims, count, dtype }) => {
        tf.tidy(() => {
          const x = tf.cast(integers(shape, 0, dtype === "bool" ? 2 : 99, 30), dtype);
          const ids = integers([...shape.slice(0, batchDims), count], 0, shape[axis]!, 31);
          const actual = tf.gather(x, ids as tf.Tensor1D, axis, batchDims);
          const [from, at, to] = [x.bufferSync(), ids.bufferSync(), actual.bufferSync()];
          expect(actual.shape).toEqual([...shape.slice(0, axis), count, ...shape.slice(axis + 1)]);
          for (let index = 0; index < actual.size; index++) {
            const place = to.indexToLoc(index);
            const id = at.get(...place.slice(0, batchDims), place[axis]!) as number;
            expect(to.get(...place)).toBe(from.get(...place.slice(0, axis), id, ...place.slice(axis + 1)));
          }
        });
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test("random values and dropout are those of plain JavaScript, bit for bit", () => {
    for (const size of [1, 7, 8, 9, 15, 16, 17, 1001]) {
      for (const key of [
        [0, 0],
        [-5, 123456789],
        [0x7fffffff, -1],
      ] as const) {
        for (const distribution of ["uniform", "normal"] as const) {
          const drawn = runKernel("PetlRandom", {}, { shape: [size], key, distribution })[0]!;
          expect(drawn.dataSync()).toEqual(randomValues(distribution, size, key));
        }
        for (const rate of [0.1, 0.5, 0.999]) {
          const x = normal([size], 11);
          const random = { ...seededRandom(0), fork: () => ({ ...seededRandom(0), key }) };
          const expected = withComposedKernels(() => petl.dropout(x, rate, random));
          expect([...petl.dropout(x, rate, random).dataSync()]).toEqual([...expected.dataSync()]);
        }
      }
    }
  });

  test("AdamW follows the formula of PyTorch, in place, over three steps", () => {
    const size = 11;
    const [param, gradient] = [normal([size], 12), normal([size], 13)];
    const [mean, variance] = [tf.zeros([size]), tf.zeros([size])];
    const settings = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
    const p = [...param.dataSync()];
    const [m, v] = [p.map(() => 0), p.map(() => 0)];
    const g = [...gradient.dataSync()].map((value) => value * 0.5);
    for (let step = 1; step <= 3; step++) {
      runKernel("PetlAdamW", { param, gradient, mean, variance, scale: tf.scalar(0.5) }, { ...settings, step });
      for (let i = 0; i < size; i++) {
        p[i]! *= 1 - 0.01 * 0.1;
        m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
        v[i] = 0.999 * v[i]! + 0.001 * g[i]! ** 2;
        p[i]! -= (0.01 * (m[i]! / (1 - 0.9 ** step))) / (Math.sqrt(v[i]! / (1 - 0.999 ** step)) + 1e-8);
      }
    }
    const [unscaled, fresh] = [tf.zeros([size]), [tf.zeros([size]), tf.zeros([size])]];
    runKernel(
      "PetlAdamW",
      { param: unscaled, gradient, mean: fresh[0]!, variance: fresh[1]!, scale: null },
      { ...settings, step: 1 },
    );
    expectClose(unscaled, tf.mul(tf.sign(gradient), -0.01)); // the first step is the learning rate, whatever the size
    expectClose(param, tf.tensor(p));
    expectClose(mean, tf.tensor(m));
    expectClose(variance, tf.tensor(v));
  });
});
