import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { differentiable } from "../tape.js";

/** `max(x, 0)`, any shape. Saves its output, which the next product keeps anyway, instead of its input. */
export function relu(x: Tensor): Tensor {
  return differentiable(
    "relu",
    { x },
    () => kernelOr("PetlRelu", { x }, {}, () => tf.relu(x)),
    (output) => ({
      save: [output],
      backward: (dy, [y]) => ({
        x: () =>
          kernelOr("PetlReluGradient", { dy, y: y! }, {}, () => tf.mul(dy, tf.cast(tf.greater(y!, 0), "float32"))),
      }),
    }),
  );
}

const scale = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/**
 * Gaussian error linear unit in the tanh approximation of T5 v1.1:
 * `0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`, any shape. Saves `x`.
 * Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
 */
export function gelu(x: Tensor): Tensor {
  return differentiable(
    "gelu",
    { x },
    () => kernelOr("PetlGelu", { x }, {}, () => tf.mul(tf.mul(x, 0.5), tf.add(saturation(x), 1))),
    () => ({ save: [x], backward: (dy, [saved]) => ({ x: () => geluGradient(dy, saved!) }) }),
  );
}

/** `tanh(sqrt(2/pi) (x + 0.044715 x^3))` */
function saturation(x: Tensor): Tensor {
  return tf.tanh(tf.mul(tf.mul(x, scale), tf.add(tf.mul(tf.square(x), cubic), 1)));
}

function geluGradient(dy: Tensor, x: Tensor): Tensor {
  return kernelOr("PetlGeluGradient", { dy, x }, {}, () => {
    const tanh = saturation(x);
    const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * cubic), 1), scale); // derivative of the tanh's argument
    const slope = tf.mul(tf.mul(tf.mul(x, 0.5), tf.sub(1, tf.square(tanh))), inner);
    return tf.mul(dy, tf.add(tf.mul(tf.add(tanh, 1), 0.5), slope));
  });
}
