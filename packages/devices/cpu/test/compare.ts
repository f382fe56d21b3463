import {
  hasKernel,
  type KernelName,
  seededRandom,
  type Tensor,
  tf,
  valueAndGradients,
  withComposedKernels,
} from "@petl/tensor";
import { expect } from "vitest";

/** Normal values of a seed. */
export const normal = (shape: readonly number[], seed = 1, deviation = 1): Tensor =>
  seededRandom(seed).normal(shape, 0, deviation);

export const integers = (shape: readonly number[], low: number, high: number, seed = 1): Tensor =>
  tf.tidy(() => tf.cast(tf.floor(seededRandom(seed).uniform(shape, low, high)), "int32"));

/** Largest difference, relative to the largest expected value (at least 1e-3). */
function difference(actual: Tensor, expected: Tensor): number {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual.dataSync(), expected.dataSync()];
  let [largest, top] = [0, 1e-3];
  for (let index = 0; index < b.length; index++) {
    const distance = Math.abs(a[index]! - b[index]!);
    if (!(distance <= largest)) largest = distance; // NaN wins
    top = Math.max(top, Math.abs(b[index]!));
  }
  return largest / top;
}

export function expectClose(actual: Tensor, expected: Tensor, tolerance = 2e-6): void {
  expect(difference(actual, expected)).toBeLessThanOrEqual(tolerance);
}

export const bits = (tensor: Tensor): number[] => [
  ...new Int32Array((tensor.dataSync() as Float32Array).slice().buffer),
];

/** The same operation with this device's kernels and composed of stock ones. */
export function expectSame(name: KernelName, operation: () => Tensor, tolerance?: number): void {
  expect(hasKernel(name)).toBe(true);
  const expected = withComposedKernels(operation);
  expectClose(operation(), expected, tolerance);
}

/** Value and gradients of `sum(weights * f(inputs))` both ways. */
export function expectSameGradients(f: () => Tensor, wanted: Readonly<Record<string, Tensor>>, tolerance = 5e-6): void {
  const compute = () =>
    valueAndGradients(() => {
      const output = f();
      return tf.sum(tf.mul(output, normal(output.shape, 99)));
    }, wanted);
  const [expected, actual] = [withComposedKernels(compute), compute()];
  expect(Object.keys(actual.gradients)).toEqual(Object.keys(expected.gradients));
  for (const [name, gradient] of Object.entries(expected.gradients)) {
    expect.soft(difference(actual.gradients[name]!, gradient), name).toBeLessThanOrEqual(tolerance);
  }
}
