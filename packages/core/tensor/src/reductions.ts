import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "./kernels.js";

/** Sum of each column of `x` (rows, channels) -> (channels). Not differentiable: for gradient functions and optimizers. */
export function columnSum(x: Tensor): Tensor {
  return kernelOr("PetlColumnSum", { x }, {}, () => tf.sum(x, 0));
}

/** Sum of the squares of all values of `x` -> scalar. Not differentiable: for gradient norms. */
export function sumOfSquares(x: Tensor): Tensor {
  return kernelOr("PetlSumOfSquares", { x }, {}, () => tf.sum(tf.square(x)));
}
