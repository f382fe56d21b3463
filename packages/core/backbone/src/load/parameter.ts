import { type Tensor, tf } from "@petl/tensor";
import type { KeepWeight } from "../contract/family.js";

/** A tensor as one that training may overwrite in place; `value` is used up. */
export function asParameter(value: Tensor): Tensor {
  const parameter = tf.variable(value);
  value.dispose();
  return parameter;
}

/** Keeps every tensor in float32. */
export const float32Parameter: KeepWeight = (_, value) => asParameter(value.tensor());
