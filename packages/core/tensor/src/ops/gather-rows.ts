import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { differentiable } from "../tape.js";

/**
 * Rows of each example: `x` (batch, tokens, channels), `indices` int32 (batch, rows), each from 0 to tokens - 1 -> (batch, rows, channels).
 *
 * Saves the indices; the gradient adds up the rows of `dy` where they came from.
 */
export function gatherRows(x: Tensor, indices: Tensor): Tensor {
  const [batch, tokens, channels] = x.shape as [number, number, number];
  if (x.rank !== 3 || indices.rank !== 2 || indices.shape[0] !== batch || indices.dtype !== "int32") {
    throw new Error(
      `gatherRows: expected x (batch, tokens, channels) and int32 indices (batch, rows), got x [${x.shape}] and ${indices.dtype} [${indices.shape}]`,
    );
  }
  return differentiable(
    "gatherRows",
    { x, indices },
    () => tf.gather(x, indices as tf.Tensor2D, 1, 1),
    () => ({
      save: [indices],
      backward: (dy, [savedIndices]) => ({
        x: () => {
          const size = batch * tokens;
          const rows = tf.reshape(dy, [-1, channels]);
          const firsts = tf.reshape(tf.range(0, size, tokens, "int32"), [batch, 1]); // each example's first row
          const ids = tf.reshape(tf.add(savedIndices!, firsts), [-1]) as tf.Tensor1D;
          const sums = kernelOr("PetlEmbeddingGradient", { dy: rows, ids }, { size }, () =>
            tf.unsortedSegmentSum(rows, ids, size),
          );
          return tf.reshape(sums, x.shape);
        },
      }),
    }),
  );
}
