import cpu from "@petl/device-cpu";
import { seededRandom, tf } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import { rotationsOf } from "../src/rotations.js";

beforeAll(async () => {
  await cpu.open();
});

test("of two channels it is the rotation by twice the value's arc tangent, up to its fourth power", async () => {
  const values = [0, 0.01, -0.02, 0.1];
  const found = await rotationsOf(tf.tensor2d(values, [4, 1]), 2).array();
  for (const [block, value] of values.entries()) {
    const angle = 2 * Math.atan(value);
    const expected = [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle)];
    for (const [at, each] of found[block]!.flat().entries())
      expect(Math.abs(each - expected[at]!)).toBeLessThan(1.1 * value ** 4 + 1e-7);
  }
});

test("small values give orthogonal matrices, block by block", async () => {
  const rotations = rotationsOf(seededRandom(2).normal([3, 496], 0, 1e-3), 32);
  const product = tf.matMul(rotations, rotations, false, true);
  const off = tf.max(tf.abs(tf.sub(product, tf.eye(32))));
  expect((await off.data())[0]).toBeLessThan(1e-6);
  expect((await tf.max(tf.abs(tf.sub(rotations, tf.eye(32)))).data())[0]).toBeGreaterThan(1e-3);
});
