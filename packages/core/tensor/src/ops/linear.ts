import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { columnSum } from "../reductions.js";
import { differentiable } from "../tape.js";

/**
 * Linear layer `y = x W^T + b` over the last axis.
 *
 * `x` is (..., input), `weight` (output, input) as PyTorch and the checkpoints store it, `bias` (output) or null; the
 * result is (..., output). A frozen weight saves no input, a frozen input computes no input gradient.
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const [output, input] = weight.shape as [number, number];
  if (x.shape[x.rank - 1] !== input) {
    throw new Error(`linear: expected ${input} input channels (weight [${weight.shape}]), got x [${x.shape}]`);
  }
  return differentiable(
    "linear",
    { x, weight, bias },
    () =>
      kernelOr("PetlLinear", { x, weight, bias }, { transposed: false }, () => {
        const product = tf.matMul(rowsOf(x, input), weight as tf.Tensor2D, false, true);
        return tf.reshape(bias === null ? product : tf.add(product, bias), [...x.shape.slice(0, -1), output]);
      }),
    (_, needs) => ({
      save: needs("weight") ? [weight, x] : [weight],
      backward: (dy, [savedWeight, savedX]) => ({
        x: () => linearInputGradient(dy, savedWeight!),
        weight: () => tf.matMul(rowsOf(dy, output), rowsOf(savedX!, input), true, false),
        bias: () => columnSum(rowsOf(dy, output)),
      }),
    }),
  );
}

/** The gradient of `linear` with respect to its input: `dy W`, (..., output) -> (..., input). */
export function linearInputGradient(dy: Tensor, weight: Tensor): Tensor {
  const [output, input] = weight.shape as [number, number];
  return kernelOr("PetlLinear", { x: dy, weight, bias: null }, { transposed: true }, () =>
    tf.reshape(tf.matMul(rowsOf(dy, output), weight as tf.Tensor2D), [...dy.shape.slice(0, -1), input]),
  );
}

const rowsOf = (tensor: Tensor, channels: number): tf.Tensor2D => tf.reshape(tensor, [-1, channels]);
