import { leadingSingular, type Random, type Tensor, tf, widened } from "@petl/tensor";

interface PrincipalSettings {
  readonly rank: number;
  readonly alpha: number;
  /** Where the search for the singular vectors begins. */
  readonly random: Random;
}

/**
 * `A = sqrt(S / scale) V^T` (rank, input) and `B = U sqrt(S / scale)` (output, rank) of a weight's leading singular triplets `U S V^T`, with
 * `scale = alpha / rank`. The weight is (output, input), in float32 or stored in few bits.
 */
export function principalFactors(
  weight: Tensor,
  { rank, alpha, random }: PrincipalSettings,
): { readonly a: Tensor; readonly b: Tensor } {
  return tf.tidy(() => {
    const { values, left, right } = leadingSingular(widened(weight), rank, { random });
    const roots = tf.expandDims(tf.sqrt(tf.div(values, alpha / rank)), 1); // (rank, 1)
    return { a: tf.mul(right, roots), b: tf.transpose(tf.mul(left, roots)) };
  });
}
