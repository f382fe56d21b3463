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
  const rows = (tensor: Tensor, channels: number): Tensor => tf.reshape(tensor, [-1, channels]);
  return differentiable(
    "linear",
    { x, weight, bias },
    () =>
      kernelOr("PetlLinear", { x, weight, bias }, { transposed: false }, () => {
        const product = tf.matMul(rows(x, input) as tf.Tensor2D, weight as tf.Tensor2D, false, true);
        return tf.reshape(bias === null ? product : tf.add(product, bias), [...x.shape.slice(0, -1), output]);
      }),
    (_, needs) => ({
      save: needs("weight") ? [weight, x] : [weight],
      backward: (dy, [savedWeight, savedX]) => ({
        x: () =>
          kernelOr("PetlLinear", { x: dy, weight: savedWeight!, bias: null }, { transposed: true }, () =>
            tf.reshape(tf.matMul(rows(dy, output) as tf.Tensor2D, savedWeight as tf.Tensor2D), x.shape),
          ),
        weight: () => tf.matMul(rows(dy, output) as tf.Tensor2D, rows(savedX!, input) as tf.Tensor2D, true, false),
        bias: () => columnSum(rows(dy, output)),
      }),
    }),
  );
}
