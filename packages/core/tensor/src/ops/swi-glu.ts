import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, kernelOr, runKernel } from "../kernels.js";
import { differentiable } from "../tape.js";

/**
 * `silu(gate) * up` with `silu(x) = x sigmoid(x)`, equal shapes: the gate of a feed-forward layer.
 * Saves both inputs; `silu(gate)` is computed again backward. Shazeer 2020, https://arxiv.org/abs/2002.05202
 */
export function swiGlu(gate: Tensor, up: Tensor): Tensor {
  return differentiable(
    "swiGlu",
    { gate, up },
    () => kernelOr("PetlSwiGlu", { gate, up }, {}, () => tf.mul(silu(gate), up)),
    () => ({
      save: [gate, up],
      backward: (dy, [savedGate, savedUp]) => gradients(dy, savedGate!, savedUp!),
    }),
  );
}

const silu = (x: Tensor): Tensor => tf.mul(x, tf.sigmoid(x));

function gradients(dy: Tensor, gate: Tensor, up: Tensor): { gate: () => Tensor; up: () => Tensor } {
  if (hasKernel("PetlSwiGluGradient")) {
    const [dGate, dUp] = runKernel("PetlSwiGluGradient", { dy, gate, up }, {});
    return { gate: () => dGate!, up: () => dUp! };
  }
  return {
    gate: () => {
      const open = tf.sigmoid(gate);
      const slope = tf.mul(open, tf.add(tf.mul(gate, tf.sub(1, open)), 1)); // silu'
      return tf.mul(tf.mul(dy, up), slope);
    },
    up: () => tf.mul(dy, silu(gate)),
  };
}
