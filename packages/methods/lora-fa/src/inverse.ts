import { type Tensor, tf } from "@petl/tensor";

/**
 * The inverse of a symmetric positive definite matrix (n, n), by Gauss-Jordan elimination without pivoting, which such a matrix does not
 * need. Tensor operations only: n steps, no value is read back.
 */
export function inverseOf(matrix: Tensor): Tensor {
  return tf.tidy(() => {
    const size = matrix.shape[0]!;
    const identity = tf.eye(size);
    let rows: Tensor = tf.concat([matrix, identity], 1); // (n, 2n); its left half becomes the identity
    for (let pivot = 0; pivot < size; pivot++) {
      const row = tf.slice(rows, [pivot, 0], [1, -1]);
      const column = tf.slice(rows, [0, pivot], [-1, 1]);
      const normalised = tf.div(row, tf.slice(row, [0, pivot], [1, 1]));
      const others = tf.sub(column, tf.slice(identity, [0, pivot], [-1, 1])); // of the pivot's own row one part stays
      rows = tf.sub(rows, tf.mul(others, normalised));
    }
    return tf.slice(rows, [0, size], [-1, size]);
  });
}
