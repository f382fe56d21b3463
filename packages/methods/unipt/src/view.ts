import type { Activation } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";

/** How the positions at which a stack is read see its tokens. */
export interface View {
  /** 1 at tokens that a position sees, else 0: (batch, positions, tokens), or (batch, 1, tokens) where all see the same. */
  readonly seen: Tensor;
  /** What takes the tokens to their mean over those that are seen: the same shape. */
  readonly mean: Tensor;
  /** 1 at a position's own token: (batch, positions, tokens). */
  readonly own: Tensor;
}

/**
 * The view of a stack's states (batch, tokens, channels) from the positions that `readOut` picks. Padding is seen by none; in a `causal`
 * stack a position sees no later token.
 */
export function viewOf(
  { hidden, mask }: Activation,
  readOut: (state: Activation) => Activation,
  causal: boolean,
): View {
  const [batch, tokens] = hidden.shape as [number, number, number];
  const places = tf.range(0, tokens);
  const ofTokens = tf.tile(tf.reshape(places, [1, tokens, 1]), [batch, 1, 1]);
  const positions = readOut({ hidden: ofTokens, mask }).hidden; // (batch, positions, 1)
  const real = tf.expandDims(mask, 1);
  const seen = causal ? tf.mul(tf.cast(tf.lessEqual(places, positions), "float32"), real) : real;
  return {
    seen,
    mean: tf.div(seen, tf.sum(seen, -1, true)),
    own: tf.cast(tf.equal(places, positions), "float32"),
  };
}
