import { type Tensor, tf } from "@petl/tensor";

/**
 * What a decoder's positions see: of `tokens`, 1 for those up to each position `at` (rows, positions) int32, else 0 -> (rows, positions,
 * tokens) float32.
 */
export function seenUpTo(at: Tensor, tokens: number): Tensor {
  const place = tf.range(0, tokens, 1, "int32"); // (tokens)
  return tf.cast(tf.lessEqual(place, tf.expandDims(at, -1)), "float32");
}
