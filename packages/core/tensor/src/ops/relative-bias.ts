import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { embedding } from "./embedding.js";

/**
 * Bucket of a distance `key - query`: exact up to half the buckets, then logarithmic up to `maxDistance`, and the last bucket
 * beyond. Raffel et al. 2020, section 2.1, https://arxiv.org/abs/1910.10683; like the reference, it computes in float32.
 */
export function relativeBucket(
  distance: number,
  isBidirectional: boolean,
  buckets: number,
  maxDistance: number,
): number {
  const half = isBidirectional ? buckets >> 1 : buckets;
  const offset = isBidirectional && distance > 0 ? half : 0;
  const length = isBidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  const exact = half >> 1;
  if (length < exact) return offset + length;
  const f32 = Math.fround;
  const ratio = f32(f32(Math.log(f32(length / exact))) / f32(Math.log(maxDistance / exact)));
  return offset + Math.min(exact + Math.trunc(f32(ratio * (half - exact))), half - 1);
}

export interface RelativePositions {
  /** The queries are the last of the keys' positions. */
  readonly queries: number;
  readonly keys: number;
  /** Distance from which on all positions share a bucket. */
  readonly maxDistance: number;
  /** Whether queries see later keys too, as in an encoder. */
  readonly isBidirectional: boolean;
}

/** T5's bias of attention scores, from a `table` (buckets, heads) -> (heads, queries, keys). */
export function relativeBias(
  table: Tensor,
  { queries, keys, maxDistance, isBidirectional }: RelativePositions,
): Tensor {
  const [buckets, heads] = table.shape as [number, number];
  const ids = new Int32Array(queries * keys);
  for (let query = 0; query < queries; query++) {
    const position = query + keys - queries;
    for (let key = 0; key < keys; key++)
      ids[query * keys + key] = relativeBucket(key - position, isBidirectional, buckets, maxDistance);
  }
  const rows = embedding(table, tf.tensor(ids, [1, queries * keys], "int32")); // (1, queries * keys, heads)
  return tf.transpose(tf.reshape(rows, [queries, keys, heads]), [2, 0, 1]);
}
