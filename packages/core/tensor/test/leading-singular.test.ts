import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { leadingSingular, seededRandom, type Tensor, tf } from "../src/index.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

/** A matrix with these singular values, and its singular vectors as rows. */
function withValues(rows: number, columns: number, values: readonly number[], seed: number) {
  const random = seededRandom(seed);
  const orthonormal = (count: number, width: number): tf.Tensor2D =>
    tf.linalg.gramSchmidt(random.normal([count, width]) as tf.Tensor2D) as tf.Tensor2D;
  const [left, right] = [orthonormal(values.length, rows), orthonormal(values.length, columns)];
  const scaled = tf.mul(left, tf.tensor2d([...values], [values.length, 1]));
  return { matrix: tf.matMul(scaled as tf.Tensor2D, right, true), left, right };
}

/** |cosine| between rows of the same place. */
const alike = (a: Tensor, b: Tensor): number[] => [...tf.abs(tf.sum(tf.mul(a, b), 1)).dataSync()];

describe("the leading singular values and vectors", () => {
  test.each([
    [12, 9, 4],
    [9, 12, 9],
    [40, 60, 5],
    [60, 40, 30],
    [1, 6, 1],
    [7, 1, 1],
  ])("of a (%i, %i) matrix, rank %i, are those that it was made with", (rows, columns, rank) => {
    const values = Array.from({ length: Math.min(rows, columns) }, (_, index) => 3 * 0.8 ** index);
    const made = withValues(rows, columns, values, rows + columns);
    const found = leadingSingular(made.matrix, rank);
    for (const [index, value] of found.values.dataSync().entries()) expect(value / values[index]!).toBeCloseTo(1, 4);
    const leading = (tensor: tf.Tensor2D): Tensor => tf.slice(tensor, [0, 0], [rank, -1]);
    for (const cosine of [...alike(found.left, leading(made.left)), ...alike(found.right, leading(made.right))])
      expect(cosine).toBeCloseTo(1, 4);
    const product = tf.matMul(
      tf.mul(found.left, tf.expandDims(found.values, 1)) as tf.Tensor2D,
      found.right as tf.Tensor2D,
      true,
    );
    const rest = tf.sqrt(tf.sum(tf.square(tf.sub(made.matrix, product)))).dataSync()[0]!;
    expect(rest).toBeCloseTo(Math.hypot(...values.slice(rank)), 4);
  });

  test("are orthonormal and in order for any matrix", () =>
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 2, max: 30 }), fc.nat(), (rows, columns, seed) => {
        const matrix = seededRandom(seed).normal([rows, columns], 0, 1e-4);
        const rank = Math.ceil(Math.min(rows, columns) / 2);
        const { values, right } = leadingSingular(matrix, rank);
        const gram = tf.matMul(right as tf.Tensor2D, right as tf.Tensor2D, false, true);
        expect(tf.max(tf.abs(tf.sub(gram, tf.eye(rank)))).dataSync()[0]).toBeLessThan(1e-4);
        const found = [...values.dataSync()];
        expect([...found].sort((a, b) => b - a)).toEqual(found);
        expect(tf.min(tf.sum(right, 1)).dataSync()[0]).toBeGreaterThanOrEqual(-1e-5);
      }),
      { numRuns: 20 },
    ));

  test("of a matrix of few ranks are finite, and zero beyond them", () => {
    const { matrix } = withValues(20, 30, [2, 1], 4);
    const { values, left, right } = leadingSingular(matrix, 6);
    expect([...values.dataSync()].map((value) => Math.round(value * 1e3) / 1e3)).toEqual([2, 1, 0, 0, 0, 0]);
    for (const tensor of [left, right]) expect([...tensor.dataSync()].every(Number.isFinite)).toBe(true);
    expect([...leadingSingular(tf.zeros([5, 4]), 2).values.dataSync()]).toEqual(
      [0, 0].map((zero) => expect.closeTo(zero, 6)),
    );
  });

  test("leave no tensor behind, and refuse a rank that there is not", () => {
    const matrix = seededRandom(1).normal([20, 12]);
    const before = tf.memory().numTensors;
    tf.dispose(Object.values(leadingSingular(matrix, 3)));
    expect(tf.memory().numTensors).toBe(before);
    expect(() => leadingSingular(matrix, 13)).toThrow("expected a rank from 1 to 12, got 13");
  });
});
