import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { differentiable } from "../tape.js";

/**
 * Root-mean-square normalisation over the last axis: `y = x / sqrt(mean(x^2) + epsilon) * weight`.
 *
 * `x` is (..., channels), `weight` (channels) or null for none. Saves `x` only; the statistics are computed again backward.
 * Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467; no mean is subtracted and there is no bias, as in T5.
 */
export function rmsNorm(x: Tensor, weight: Tensor | null = null, epsilon = 1e-6): Tensor {
  return differentiable(
    "rmsNorm",
    { x, weight },
    () => kernelOr("PetlRmsNorm", { x, weight }, { epsilon }, () => scaled(normalized(x, epsilon), weight)),
    () => ({
      save: weight === null ? [x] : [x, weight],
      backward: (dy, [savedX, savedWeight]) => ({
        x: () => inputGradient(dy, savedX!, savedWeight ?? null, epsilon),
        weight: () => weightGradient(dy, savedX!, epsilon),
      }),
    }),
  );
}

const inverseRms = (x: Tensor, epsilon: number): Tensor => tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
const normalized = (x: Tensor, epsilon: number): Tensor => tf.mul(x, inverseRms(x, epsilon));
const scaled = (x: Tensor, weight: Tensor | null): Tensor => (weight === null ? x : tf.mul(x, weight));

function inputGradient(dy: Tensor, x: Tensor, weight: Tensor | null, epsilon: number): Tensor {
  return kernelOr("PetlRmsNormGradient", { dy, x, weight }, { epsilon }, () => {
    const inverse = inverseRms(x, epsilon); // (..., 1)
    const unit = tf.mul(x, inverse);
    const dUnit = scaled(dy, weight);
    const along = tf.mean(tf.mul(dUnit, unit), -1, true); // the part of the gradient along x
    return tf.mul(inverse, tf.sub(dUnit, tf.mul(unit, along)));
  });
}

function weightGradient(dy: Tensor, x: Tensor, epsilon: number): Tensor {
  return kernelOr("PetlRmsNormWeightGradient", { dy, x }, { epsilon }, () => {
    const channels = x.shape[x.rank - 1]!;
    return tf.sum(tf.reshape(tf.mul(dy, normalized(x, epsilon)), [-1, channels]), 0);
  });
}
