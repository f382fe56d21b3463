import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";
import { differentiable } from "../tape.js";
import { fromHost } from "./from-host.js";

/**
 * What `rotary` turns by at each position 0 to `count - 1`: (count, size), of which each row is `[cos ; sin]` of the angles
 * `position * frequency` for the size / 2 `inverseFrequencies` (radians per position) of a head.
 *
 * Frequencies, angles and results are float32, as in transformers 5.24; cosines are computed on the host in float64, so that their
 * bits are the same on every device. The caller owns the table: one can serve every layer and every step.
 *
 * @throws RangeError if `count` is not a positive integer or there are no frequencies
 */
export function rotaryTable(count: number, inverseFrequencies: readonly number[]): Tensor {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`rotaryTable: expected a positive number of positions, got ${count}`);
  }
  if (inverseFrequencies.length === 0) {
    throw new RangeError("rotaryTable: expected half as many frequencies as a head has channels, got none");
  }
  const half = inverseFrequencies.length;
  const frequencies = Float32Array.from(inverseFrequencies);
  return fromHost([count, 2 * half], (values) => {
    for (let position = 0, at = 0; position < count; position++, at += 2 * half) {
      for (let index = 0; index < half; index++) {
        const angle = Math.fround(position * frequencies[index]!);
        values[at + index] = Math.cos(angle);
        values[at + half + index] = Math.sin(angle);
      }
    }
  });
}

/**
 * Rotary position embedding: turns each pair of channels (i, i + size / 2) of a head by the angle that belongs to the token's
 * position and to i: `[x1 cos - x2 sin ; x2 cos + x1 sin]` of a head's halves x1 and x2, paired as in transformers.
 *
 * `x` is (batch, tokens, heads * size), `positions` int32 (batch, tokens), `table` is `rotaryTable`'s (count, size) with a row for every
 * position that occurs. Saves nothing of `x`: the gradient is turned back. Su et al. 2021, https://arxiv.org/abs/2104.09864
 */
export function rotary(x: Tensor, positions: Tensor, table: Tensor, heads: number): Tensor {
  const [batch, tokens, width] = x.shape as [number, number, number];
  const size = table.shape[1]!;
  if (width !== heads * size || size % 2 !== 0) {
    throw new Error(
      `rotary: expected x of ${heads} heads of ${size} channels (twice the table's frequencies), got x [${x.shape}]`,
    );
  }
  if (positions.dtype !== "int32" || positions.shape[0] !== batch || positions.shape[1] !== tokens) {
    throw new Error(
      `rotary: expected int32 positions [${batch},${tokens}] for x [${x.shape}], got ${positions.dtype} [${positions.shape}]`,
    );
  }
  return differentiable(
    "rotary",
    { x, positions, table },
    () => turned(x, positions, table, heads, false),
    () => ({
      save: [positions, table],
      backward: (dy, [savedPositions, savedTable]) => ({
        x: () => turned(dy, savedPositions!, savedTable!, heads, true),
      }),
    }),
  );
}

/** `x` turned by the angles of its positions, or back. */
function turned(x: Tensor, positions: Tensor, table: Tensor, heads: number, isBack: boolean): Tensor {
  return kernelOr("PetlRotary", { x, positions, table }, { heads, isBack }, () => {
    const [batch, tokens] = x.shape as [number, number];
    const size = table.shape[1]!;
    const rows = tf.reshape(tf.gather(table, positions as tf.Tensor2D), [batch, tokens, 1, size]);
    const [cos, sin] = tf.split(rows, 2, -1) as [Tensor, Tensor];
    const [first, second] = tf.split(tf.reshape(x, [batch, tokens, heads, size]), 2, -1) as [Tensor, Tensor];
    const [crossed, uncrossed] = isBack ? [tf.neg(sin), sin] : [sin, tf.neg(sin)];
    const turnedFirst = tf.add(tf.mul(first, cos), tf.mul(second, uncrossed));
    const turnedSecond = tf.add(tf.mul(second, cos), tf.mul(first, crossed));
    return tf.reshape(tf.concat([turnedFirst, turnedSecond], -1), x.shape);
  });
}
