import { expect } from "vitest";
import { seededRandom, type Tensor, tf, valueAndGradients } from "../src/index.js";

export const random = seededRandom(42);
/** Normal values, others at each call. */
export const normal = (...shape: number[]): Tensor => random.normal(shape);

export async function expectClose(ours: Tensor, reference: Tensor, what: string): Promise<void> {
  expect(ours.shape, what).toEqual(reference.shape);
  const [a, b] = [await ours.data(), await reference.data()];
  const scale = Math.max(1e-3, ...b.map(Math.abs));
  for (const [index, value] of b.entries()) expect(Math.abs(a[index]! - value) / scale, what).toBeLessThan(2e-5);
}

/** Value and gradients of a fused operation against the same written with tfjs operations and differentiated by tfjs. */
export async function compare(
  fused: (inputs: Tensor[]) => Tensor,
  composed: (inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
) {
  await expectClose(fused(inputs), composed(inputs), "value");
  const weights = random.fork("weights").normal(composed(inputs).shape);
  const weigh = (output: Tensor): tf.Scalar => tf.sum(tf.mul(output, weights));
  const reference = tf.grads((...args: tf.Tensor[]) => weigh(composed(args)))(inputs);
  const wanted = Object.fromEntries(inputs.map((input, index) => [String(index), input]));
  const ours = valueAndGradients(() => weigh(fused(inputs)), wanted);
  for (const [index, gradient] of reference.entries()) {
    await expectClose(ours.gradients[index]!, gradient, `gradient ${index}`);
  }
}
