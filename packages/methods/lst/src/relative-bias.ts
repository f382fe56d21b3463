import { embedding, type Tensor, tf } from "@petl/tensor";

/**
 * Bucket of a distance `key - query`: one each up to half the buckets, then logarithmically wider ones up to `maxDistance`.
 * Raffel et al. 2020, section 2.1, https://arxiv.org/abs/1910.10683
 */
export function bucketOf(distance: number, buckets: number, maxDistance: number, isBidirectional: boolean): number {
  const perDirection = isBidirectional ? Math.floor(buckets / 2) : buckets;
  const first = isBidirectional && distance > 0 ? perDirection : 0;
  const length = isBidirectional ? Math.abs(distance) : Math.max(0, -distance);
  const single = Math.floor(perDirection / 2);
  if (length < single) return first + length;
  const f32 = Math.fround; // the reference computes the boundaries in float32
  const fraction = f32(f32(Math.log(f32(length / single))) / f32(Math.log(maxDistance / single)));
  return first + Math.min(perDirection - 1, single + Math.floor(f32(fraction * (perDirection - single))));
}

/** Bias of each score from a `table` (buckets, heads) -> (heads, tokens, tokens). */
export function relativeBias(table: Tensor, tokens: number, maxDistance: number, isBidirectional: boolean): Tensor {
  const [buckets, heads] = table.shape as [number, number];
  const ids = Int32Array.from({ length: tokens * tokens }, (_, index) =>
    bucketOf((index % tokens) - Math.floor(index / tokens), buckets, maxDistance, isBidirectional),
  );
  const rows = embedding(table, tf.tensor(ids, [1, tokens * tokens], "int32")); // (1, tokens * tokens, heads)
  return tf.transpose(tf.reshape(rows, [tokens, tokens, heads]), [2, 0, 1]);
}
