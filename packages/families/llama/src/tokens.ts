import { seenUpTo } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { gatherRows, rotaryTable, type Tensor, tf } from "@petl/tensor";

/** The first `count` tokens. */
export const firstTokens = ({ hidden, mask }: Activation, count: number): Activation => ({
  hidden: sliced(hidden, 0, count),
  mask: sliced(mask, 0, count),
});

/** The last `count` tokens: without what a hook put before them. */
export function lastTokens(all: Activation, count: number): Activation {
  const before = all.hidden.shape[1]! - count;
  return before === 0 ? all : { hidden: sliced(all.hidden, before, count), mask: sliced(all.mask, before, count) };
}

/** (rows, tokens, ...) -> (rows, `count`, ...) */
function sliced(tensor: Tensor, start: number, count: number): Tensor {
  const [rows, , ...rest] = tensor.shape as [number, number, ...number[]];
  return tf.slice(tensor, [0, start, ...rest.map(() => 0)], [rows, count, ...rest]);
}

/** Token positions (rows, tokens) int32 that `by` tokens before them move on. */
export const moved = (positions: Tensor, by: number): Tensor =>
  by === 0 ? positions : tf.add(positions, tf.scalar(by, "int32"));

/** Positions 0 to `tokens - 1` in each of `rows` rows: int32 (rows, tokens). */
export function ascending(rows: number, tokens: number): Tensor {
  const positions = new Int32Array(rows * tokens);
  for (let index = 0; index < positions.length; index++) positions[index] = index % tokens;
  return tf.tensor(positions, [rows, tokens], "int32");
}

/**
 * What each of the last `tokens` of an output sees of it, those before them apart: what a hook puts there was seen with earlier tokens.
 * (rows, tokens, tokens and what is before them)
 */
export function seenAmong({ hidden }: Activation, rows: number, tokens: number): Tensor {
  const own = seenUpTo(ascending(rows, tokens), tokens);
  const before = hidden.shape[1]! - tokens;
  return before === 0 ? own : tf.concat([tf.zeros([rows, tokens, before]), own], 2);
}

/**
 * Of a site's output, the tokens `at` (rows, positions) int32 alone; at an `attention-weights` site, the queries.
 * `tokens` is how many tokens `at` counts through: those that a hook put before them do not count.
 */
export function tokensAt({ hidden, mask }: Activation, at: Tensor, readMask: Tensor, tokens: number): Activation {
  if (hidden.rank === 3) return { hidden: gatherRows(hidden, moved(at, hidden.shape[1]! - tokens)), mask: readMask };
  const [rows, heads, queries, keys] = hidden.shape as [number, number, number, number];
  const positions = at.shape[1]!;
  const ofHeads = tf.reshape(tf.tile(moved(at, queries - tokens), [1, heads]), [rows * heads, positions]);
  const gathered = gatherRows(tf.reshape(hidden, [rows * heads, queries, keys]), ofHeads);
  return { hidden: tf.reshape(gathered, [rows, heads, positions, keys]), mask };
}

/** What queries and keys are turned by. */
export interface Rotation {
  /** int32 (rows, tokens) */
  readonly positions: Tensor;
  /** `rotaryTable` with a row for each position. */
  readonly table: Tensor;
}

/** The same for tokens that a prefix of keys moves on. */
export function movedRotation(rotation: Rotation, by: number, frequencies: readonly number[]): Rotation {
  if (by === 0) return rotation;
  const table = rotaryTable(rotation.table.shape[0]! + by, frequencies);
  return { positions: moved(rotation.positions, by), table };
}
