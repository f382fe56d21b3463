import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import type { Random } from "../random.js";
import { differentiable } from "../tape.js";
import { dropoutMask } from "./dropout.js";

/** `max(x, 0)`, any shape. Saves its output, which the next product keeps anyway, instead of its input. */
export function relu(x: Tensor): Tensor {
  return differentiable(
    "relu",
    { x },
    () => positivePart(x),
    (output) => ({ save: [output], backward: (dy, [y]) => ({ x: () => whereGreater(dy, y!) }) }),
  );
}

/**
 * `dropout(relu(x), rate, random)`, any shape, with the same values as the two. Saves its output only, which the next
 * product keeps anyway: where that is positive the value was neither cut off nor dropped.
 */
export function reluDropout(x: Tensor, rate: number, random: Random): Tensor {
  if (rate === 0) return relu(x);
  const drop = dropoutMask(rate, random);
  return differentiable(
    "reluDropout",
    { x },
    () => drop(positivePart(x)),
    (output) => ({
      save: [output],
      backward: (dy, [y]) => ({ x: () => tf.mul(whereGreater(dy, y!), 1 / (1 - rate)) }),
    }),
  );
}

const positivePart = (x: Tensor): Tensor => kernelOr("PetlRelu", { x }, {}, () => tf.relu(x));
/** `dy` where `y > 0`, else 0. */
const whereGreater = (dy: Tensor, y: Tensor): Tensor =>
  kernelOr("PetlReluGradient", { dy, y }, {}, () => tf.mul(dy, tf.cast(tf.greater(y, 0), "float32")));

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
    () => geluOf(x),
    () => ({ save: [x], backward: (dy, [saved]) => ({ x: () => geluGradient(dy, saved!) }) }),
  );
}

/**
 * `gelu(gate) * x`, equal shapes. Saves both inputs; `gelu(gate)` is computed again backward.
 * Shazeer 2020, https://arxiv.org/abs/2002.05202
 */
export function gatedGelu(gate: Tensor, x: Tensor): Tensor {
  return differentiable(
    "gatedGelu",
    { gate, x },
    () => tf.mul(geluOf(gate), x),
    () => ({
      save: [gate, x],
      backward: (dy, [savedGate, savedX]) => ({
        gate: () => geluGradient(tf.mul(dy, savedX!), savedGate!),
        x: () => tf.mul(dy, geluOf(savedGate!)),
      }),
    }),
  );
}

const geluOf = (x: Tensor): Tensor =>
  kernelOr("PetlGelu", { x }, {}, () => tf.mul(tf.mul(x, 0.5), tf.add(saturation(x), 1)));

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
