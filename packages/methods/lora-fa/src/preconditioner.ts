import type { Projection } from "@petl/spec";
import { overwrite, type Tensor, tf } from "@petl/tensor";
import { inverseOf } from "./inverse.js";

/** What keeps `A A^T` invertible, as in PEFT. */
const damping = 1e-8;

/**
 * `g -> (1 / scale^2) g (A A^T + 1e-8 I)^-1` for the gradient `g` of `b`, (output, rank), in `scale B A`; `a` is (rank, input). A step
 * along the result moves `scale B A` along the gradient of the layer's weight, as far as the rows of `A` reach.
 *
 * The inverse is computed in the first update and kept, since `A` does not change.
 */
export function preconditioner({ a, b, scale }: { a: Tensor; b: Tensor; scale: number }): Projection {
  const rank = a.shape[0]!;
  return {
    shape: b.shape,
    state: { inverse: [rank, rank] },
    project(gradient, { inverse }, update) {
      if (update === 1)
        overwrite(
          inverse!,
          tf.tidy(() => inverseOf(tf.add(gramOf(a), dampingOf(rank)))),
        );
      return tf.mul(tf.matMul(gradient as tf.Tensor2D, inverse as tf.Tensor2D), 1 / scale ** 2);
    },
  };
}

/** `A A^T`: (rank, rank). */
const gramOf = (a: Tensor): Tensor => tf.matMul(a as tf.Tensor2D, a as tf.Tensor2D, false, true);

const dampingOf = (rank: number): Tensor => tf.mul(tf.eye(rank), damping);
