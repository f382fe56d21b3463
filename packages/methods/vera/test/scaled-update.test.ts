import cpu from "@petl/device-cpu";
import { liveBytes, seededRandom, type Tensor, tf, valueAndGradients } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import { scaledUpdate } from "../src/scaled-update.js";

beforeAll(async () => {
  await cpu.open();
});

const random = seededRandom(4);
const [batch, tokens, rank, output] = [2, 3, 5, 7];
const drawn = (name: string, shape: number[]): Tensor => random.fork(name).normal(shape);

/** Value, gradients, and the bytes that live on between the two passes. */
function differentiated(compute: (inputs: { down: Tensor; d: Tensor; b: Tensor }) => Tensor) {
  const inputs = { down: drawn("down", [batch, tokens, rank]), d: drawn("d", [rank]), b: drawn("b", [output]) };
  const weights = drawn("weights", [batch, tokens, output]);
  const before = liveBytes().total;
  let kept = 0;
  const { value, gradients } = valueAndGradients(() => {
    const update = tf.tidy(() => compute(inputs));
    kept = liveBytes().total - before;
    return tf.sum(tf.mul(update, weights));
  }, inputs);
  return { kept, results: { value, ...gradients } as Record<string, Tensor> };
}

test("the gradients are those of its products, and nothing as wide as the output is kept but the result", async () => {
  const factor = drawn("factor", [output, rank]) as tf.Tensor2D;
  const byHand = differentiated((inputs) => scaledUpdate(inputs, factor));
  const composed = differentiated(({ down, d, b }) => {
    const inner = tf.reshape(tf.mul(down, d), [-1, rank]);
    return tf.mul(tf.reshape(tf.matMul(inner as tf.Tensor2D, factor, false, true), [batch, tokens, output]), b);
  });
  for (const [name, expected] of Object.entries(composed.results)) {
    const [found, wanted] = [await byHand.results[name]!.data(), await expected.data()];
    for (const [at, value] of found.entries()) expect(value).toBeCloseTo(wanted[at]!, 4);
  }
  expect(byHand.kept).toBe(4 * batch * tokens * output);
  expect(composed.kept).toBe(2 * byHand.kept);
});
