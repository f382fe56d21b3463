import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { differentiable } from "../tape.js";

/**
 * Rows of a table: `table` (size, channels), `ids` int32 (batch, tokens) -> (batch, tokens, channels).
 * The gradient adds up the rows of `dy` by id; it is dense, of the table's shape.
 */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  const [size, channels] = table.shape as [number, number];
  return differentiable(
    "embedding",
    { table, ids },
    () => tf.gather(table, ids as tf.Tensor2D),
    () => ({
      save: [ids],
      backward: (dy, [savedIds]) => ({
        table: () => {
          const rows = tf.reshape(dy, [-1, channels]);
          const flat = tf.reshape(savedIds!, [-1]) as tf.Tensor1D;
          return kernelOr("PetlEmbeddingGradient", { dy: rows, ids: flat }, { size }, () =>
            tf.unsortedSegmentSum(rows, flat, size),
          );
        },
      }),
    }),
  );
}
