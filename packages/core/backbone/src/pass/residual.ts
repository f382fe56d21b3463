import type { Activation } from "@petl/spec";
import { tf } from "@petl/tensor";
import type { Pass } from "./pass.js";

/** `x + dropout(sublayer)`; the sublayer's own output is freed. */
export function addResidual(input: Activation, { hidden }: Activation, name: string, pass: Pass): Activation {
  const sum = tf.tidy(() => tf.add(input.hidden, pass.dropout(hidden, name)));
  hidden.dispose();
  return { hidden: sum, mask: input.mask };
}

/** `x + sublayer`, without dropout between the two; the sublayer's own output is freed. */
export function addSublayer(input: Activation, { hidden }: Activation): Activation {
  const sum = tf.add(input.hidden, hidden);
  hidden.dispose();
  return { hidden: sum, mask: input.mask };
}

/** Frees a state that the next one has replaced; what the tape or a side network needs of it has its own reference. */
export function release(state: Activation, next: Activation): void {
  if (state.hidden !== next.hidden && !state.hidden.kept && !(state.hidden instanceof tf.Variable))
    state.hidden.dispose();
}
