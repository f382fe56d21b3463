import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { differentiable } from "../tape.js";

/**
 * Mean over the rows of `(prediction - target)^2` -> scalar; both are (rows). Saves both; the target gets no gradient.
 */
export function meanSquaredError(prediction: Tensor, target: Tensor): Tensor {
  if (prediction.rank !== 1 || prediction.shape[0] !== target.shape[0] || target.rank !== 1) {
    throw new Error(
      `meanSquaredError: expected two tensors (rows), got prediction [${prediction.shape}] and target [${target.shape}]`,
    );
  }
  return differentiable(
    "meanSquaredError",
    { prediction },
    () => tf.mean(tf.square(tf.sub(prediction, target))),
    () => ({
      save: [prediction, target],
      backward: (dy, [savedPrediction, savedTarget]) => ({
        prediction: () => tf.mul(tf.sub(savedPrediction!, savedTarget!), tf.mul(dy, 2 / prediction.size)),
      }),
    }),
  );
}
