import { beforeAll, expect, test } from "vitest";
import {
  liveBytes,
  peakBytes,
  resetPeakBytes,
  setByteCategory,
  tf,
  untaped,
  valueAndGradients,
  withByteCategory,
} from "../src/index.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

test("what the backward pass waits for counts as kept, once a buffer, until the pass has gone by", () => {
  const weight = withByteCategory("method", () => tf.ones([10, 10]) as tf.Tensor2D);
  const input = withByteCategory("inputs", () => tf.ones([5, 10]) as tf.Tensor2D);
  const inside: number[] = [];
  resetPeakBytes();
  const { value, gradients } = valueAndGradients(
    () => {
      const before = untaped(() => tf.mul(input, 2)) as tf.Tensor2D; // an activation that the product's gradient reads
      const hidden = tf.matMul(before, weight); // read by its square's gradient
      inside.push(liveBytes().kept);
      const square = tf.square(hidden);
      inside.push(liveBytes().kept);
      return tf.sum(tf.mul(square, 1));
    },
    { weight },
  );
  expect(inside).toEqual([200, 400]); // (5, 10) floats each; the input and the weight are none
  expect(liveBytes().kept).toBe(0);
  const { kept, activations } = peakBytes();
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThanOrEqual(activations);
  tf.dispose([weight, input, value, gradients.weight!]);
});

test("a kept buffer that goes to another category is kept no longer", () => {
  const weight = tf.ones([4, 4]) as tf.Tensor2D;
  const { value, gradients } = valueAndGradients(
    () => {
      const hidden = untaped(() => tf.ones([4, 4])) as tf.Tensor2D;
      const product = tf.matMul(hidden, weight);
      expect(liveBytes().kept).toBe(64);
      setByteCategory(hidden, "inputs");
      expect(liveBytes().kept).toBe(0);
      return tf.sum(product);
    },
    { weight },
  );
  tf.dispose([weight, value, gradients.weight!]);
  expect(liveBytes().kept).toBe(0);
});
