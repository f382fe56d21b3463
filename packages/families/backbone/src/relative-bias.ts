import { embedding, type Tensor, tf } from "@petl/tensor";
import type { T5Config } from "./config.js";

/**
 * Bucket of a distance `key - query`: exact up to half the buckets, then logarithmic up to `maxDistance`, all further ones
 * in the last. Raffel et al. 2020, section 2.1; the boundaries are computed in float32 as the reference does.
 */
export function relativeBucket(distance: number, bidirectional: boolean, buckets: number, maxDistance: number): number {
  const half = bidirectional ? buckets >> 1 : buckets;
  const offset = bidirectional && distance > 0 ? half : 0;
  const length = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  const exact = half >> 1;
  if (length < exact) return offset + length;
  const f32 = Math.fround;
  const ratio = f32(f32(Math.log(f32(length / exact))) / f32(Math.log(maxDistance / exact)));
  return offset + Math.min(exact + Math.trunc(f32(ratio * (half - exact))), half - 1);
}

/**
 * Bias added to the scores of every layer of a stack: (heads, queries, keys).
 *
 * `table` is (buckets, heads); the queries are the last `queries` of `keys` positions.
 */
export function positionBias(
  table: Tensor,
  queries: number,
  keys: number,
  bidirectional: boolean,
  config: T5Config,
): Tensor {
  const { relativeBuckets, relativeMaxDistance, heads } = config;
  const ids = new Int32Array(queries * keys);
  for (let query = 0; query < queries; query++) {
    const position = query + keys - queries;
    for (let key = 0; key < keys; key++) {
      ids[query * keys + key] = relativeBucket(key - position, bidirectional, relativeBuckets, relativeMaxDistance);
    }
  }
  const rows = embedding(table, tf.tensor(ids, [1, queries * keys], "int32")); // (1, queries * keys, heads)
  return tf.transpose(tf.reshape(rows, [queries, keys, heads]), [2, 0, 1]);
}
