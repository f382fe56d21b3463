import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { columnSum } from "../reductions.js";
import { differentiable } from "../tape.js";

/** `x + bias` over the last axis: (..., channels) and (channels) -> (..., channels). Saves nothing. */
export function addBias(x: Tensor, bias: Tensor): Tensor {
  const channels = bias.shape[0]!;
  return differentiable(
    "addBias",
    { x, bias },
    () => tf.add(x, bias),
    () => ({
      save: [],
      backward: (dy) => ({ x: () => dy, bias: () => columnSum(tf.reshape(dy, [-1, channels])) }),
    }),
  );
}
