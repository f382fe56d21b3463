import cpu from "@petl/device-cpu";
import { liveBytes, seededRandom, tf } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import { inverseOf } from "../src/inverse.js";

beforeAll(async () => {
  await cpu.open();
});

test.each([1, 2, 8, 33])("a positive definite matrix of %i rows times its inverse is the identity", async (size) => {
  const factor = seededRandom(size).normal([size, 2 * size + 1]) as tf.Tensor2D;
  const matrix = tf.matMul(factor, factor, false, true);
  const before = liveBytes().total;
  const inverse = inverseOf(matrix) as tf.Tensor2D;
  expect(liveBytes().total - before).toBe(4 * size * size);
  const off = tf.sub(tf.matMul(matrix, inverse), tf.eye(size));
  expect((await tf.max(tf.abs(off)).data())[0]).toBeLessThan(1e-4);
});
