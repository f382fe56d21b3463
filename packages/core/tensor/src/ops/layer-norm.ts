import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { columnSum } from "../reductions.js";
import { differentiable } from "../tape.js";

/**
 * Layer normalisation over the last axis: `y = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias`; the variance divides by
 * the number of channels.
 *
 * `x` is (..., channels), `weight` and `bias` are (channels). Saves `x` and `weight`; the statistics are computed again backward.
 * A gradient that nobody wants is not computed: with frozen weight and bias only that of `x`.
 * Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
 */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const channels = x.shape[x.rank - 1]!;
  if (weight.shape[0] !== channels || bias.shape[0] !== channels) {
    throw new Error(
      `layerNorm: expected weight and bias of ${channels} channels for x [${x.shape}], got [${weight.shape}] and [${bias.shape}]`,
    );
  }
  return differentiable(
    "layerNorm",
    { x, weight, bias },
    () =>
      kernelOr("PetlLayerNorm", { x, weight, bias }, { epsilon }, () =>
        tf.add(tf.mul(normalized(x, epsilon).unit, weight), bias),
      ),
    () => ({
      save: [x, weight],
      backward: (dy, [savedX, savedWeight]) => ({
        x: () => inputGradient(dy, savedX!, savedWeight!, epsilon),
        weight: () => weightGradient(dy, savedX!, epsilon),
        bias: () => columnSum(tf.reshape(dy, [-1, channels])),
      }),
    }),
  );
}

/** `x` with mean 0 and variance 1 in each row, and what each row was multiplied by for that: (..., 1). */
function normalized(x: Tensor, epsilon: number): { readonly unit: Tensor; readonly inverse: Tensor } {
  const centered = tf.sub(x, tf.mean(x, -1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
  return { unit: tf.mul(centered, inverse), inverse };
}

function inputGradient(dy: Tensor, x: Tensor, weight: Tensor, epsilon: number): Tensor {
  return kernelOr("PetlLayerNormGradient", { dy, x, weight }, { epsilon }, () => {
    const { unit, inverse } = normalized(x, epsilon);
    const dUnit = tf.mul(dy, weight);
    const along = tf.mean(tf.mul(dUnit, unit), -1, true); // the part of the gradient along x
    return tf.mul(inverse, tf.sub(tf.sub(dUnit, tf.mean(dUnit, -1, true)), tf.mul(unit, along)));
  });
}

function weightGradient(dy: Tensor, x: Tensor, epsilon: number): Tensor {
  return kernelOr("PetlLayerNormWeightGradient", { dy, x }, { epsilon }, () => {
    const channels = x.shape[x.rank - 1]!;
    return tf.sum(tf.reshape(tf.mul(dy, normalized(x, epsilon).unit), [-1, channels]), 0);
  });
}
