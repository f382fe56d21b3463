import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { differentiable } from "../tape.js";

/**
 * Exact Gaussian error linear unit: `x Phi(x) = x / 2 (1 + erf(x / sqrt(2)))`, any shape; what transformers calls "gelu". Saves `x`.
 *
 * `gelu` here is its tanh approximation, which differs by up to 5e-4. Hendrycks and Gimpel 2016,
 * https://arxiv.org/abs/1606.08415
 */
export function geluErf(x: Tensor): Tensor {
  return differentiable(
    "geluErf",
    { x },
    () => kernelOr("PetlGeluErf", { x }, {}, () => tf.mul(x, normalDistribution(x))),
    () => ({
      save: [x],
      backward: (dy, [saved]) => ({
        x: () =>
          kernelOr("PetlGeluErfGradient", { dy, x: saved! }, {}, () =>
            tf.mul(dy, tf.add(normalDistribution(saved!), tf.mul(saved!, normalDensity(saved!)))),
          ),
      }),
    }),
  );
}

/** `Phi(x)`: the share of a standard normal distribution below `x`. */
const normalDistribution = (x: Tensor): Tensor => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
/** `Phi'(x) = exp(-x^2 / 2) / sqrt(2 pi)` */
const normalDensity = (x: Tensor): Tensor => tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
