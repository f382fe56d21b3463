import { seededRandom, type Tensor, tf } from "@petl/tensor";
import { expect } from "vitest";

/** Normal values of a seed. */
export const normal = (shape: readonly number[], seed = 1, deviation = 1): Tensor =>
  seededRandom(seed).normal(shape, 0, deviation);

export const integers = (shape: readonly number[], low: number, high: number, seed = 1): Tensor =>
  tf.tidy(() => tf.cast(tf.floor(seededRandom(seed).uniform(shape, low, high)), "int32"));

/** Largest difference, relative to the largest expected value (at least 1e-3). */
export function difference(actual: Tensor, expected: Tensor): number {
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
