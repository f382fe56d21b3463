import { differentiable, type Tensor, tf } from "@petl/tensor";

/**
 * Rotations `R` (blocks, size, size) of the values (blocks, size (size - 1) / 2) above the diagonals of skew-symmetric matrices `Q`:
 * `R = I + 2 Q + 2 Q^2 + 2 Q^3 + Q^4`, five terms of the series of the Cayley transform `(I + Q) (I - Q)^-1`. They are orthogonal as far as
 * `Q` is small.
 */
export function rotationsOf(values: Tensor, size: number): tf.Tensor3D {
  return tf.tidy(() => {
    const skew = skewSymmetric(values, size);
    const square = tf.matMul(skew, skew);
    const cube = tf.matMul(square, skew);
    const doubled = tf.mul(tf.add(tf.add(skew, square), cube), 2);
    return tf.add(tf.add(tf.eye(size), doubled), tf.matMul(cube, skew)) as tf.Tensor3D;
  });
}

/** (blocks, size (size - 1) / 2), row by row -> (blocks, size, size) with these values above the diagonal and their negatives below it. */
function skewSymmetric(values: Tensor, size: number): Tensor {
  const pairs = pairsOf(size);
  const cells = (row: number, column: number): number => row * size + column;
  const flat: [number, number] = [values.shape[0]!, size * size];
  return differentiable(
    "skew-symmetric",
    { values },
    () => {
      const from = new Int32Array(size * size);
      const sign = new Float32Array(size * size); // 0 on the diagonal
      for (const [index, [row, column]] of pairs.entries()) {
        from[cells(row, column)] = from[cells(column, row)] = index;
        sign[cells(row, column)] = 1;
        sign[cells(column, row)] = -1;
      }
      const spread = tf.mul(tf.gather(values, tf.tensor1d(from, "int32"), 1), tf.tensor1d(sign));
      return tf.reshape(spread, [flat[0], size, size]);
    },
    () => ({
      save: [],
      backward: (dy) => ({
        values: () => {
          const at = (index: number[]): Tensor => tf.gather(tf.reshape(dy, flat), tf.tensor1d(index, "int32"), 1);
          return tf.sub(
            at(pairs.map(([row, column]) => cells(row, column))),
            at(pairs.map(([row, column]) => cells(column, row))),
          );
        },
      }),
    }),
  );
}

/** Places above the diagonal of a matrix of `size` rows, row by row. */
const pairsOf = (size: number): (readonly [row: number, column: number])[] =>
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size - 1 - row }, (_, index) => [row, row + 1 + index] as const),
  ).flat();
