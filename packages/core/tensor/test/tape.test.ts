import { beforeAll, describe, expect, test } from "vitest";
import * as petl from "../src/index.js";
import { seededRandom, tf, valueAndGradients } from "../src/index.js";
import { startBackend } from "./start-backend.js";

beforeAll(startBackend);

const { normal } = { normal: (shape: number[], seed = 1) => seededRandom(seed).normal(shape) };

describe("the tape", () => {
  test("gives the gradients that tfjs gives", async () => {
    const [x, w, b] = [normal([4, 3], 1), normal([3, 5], 2), normal([5], 3)];
    const f = () =>
      tf.sum(tf.square(tf.softmax(tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b)))) as tf.Scalar;
    const reference = tf.grads((...inputs: tf.Tensor[]) => {
      const [x1, w1, b1] = inputs;
      return tf.sum(tf.square(tf.softmax(tf.add(tf.matMul(x1 as tf.Tensor2D, w1 as tf.Tensor2D), b1!))));
    })([x, w, b]);
    const { gradients } = valueAndGradients(f, { x, w, b });
    const ours = [gradients.x!, gradients.w!, gradients.b!];
    for (const [index, gradient] of ours.entries())
      expect(await gradient.data()).toEqual(await reference[index]!.data());
  });

  test("frees everything but the value and the gradients", () => {
    const [x, w] = [normal([4, 8], 1), normal([6, 8], 2)];
    const before = [petl.liveBytes().total, tf.memory().numTensors];
    const { value, gradients } = valueAndGradients(() => tf.mean(petl.relu(petl.rmsNorm(petl.linear(x, w)))), { w });
    value.dispose();
    expect(Object.keys(gradients)).toEqual(["w"]);
    gradients.w!.dispose();
    expect([petl.liveBytes().total, tf.memory().numTensors]).toEqual(before);
  });

  test("records nothing that depends on frozen tensors only", () => {
    const [x, frozen, w] = [normal([4, 8], 1), normal([8, 8], 2), normal([2, 8], 3)];
    const { recorded } = valueAndGradients(() => tf.sum(petl.linear(petl.relu(petl.linear(x, frozen)), w)), { w });
    expect(recorded.slice(0, 1)).toEqual(["linear"]);
    expect(recorded).not.toContain("relu");
  });

  test("accumulates where a tensor is used twice and handles a gradient function that returns dy itself", async () => {
    const x = normal([5], 4);
    const { gradients } = valueAndGradients(() => tf.sum(tf.add(tf.add(x, x), x)), { x });
    expect([...(await gradients.x!.data())]).toEqual([3, 3, 3, 3, 3]);
  });
});
