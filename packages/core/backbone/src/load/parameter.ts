import { type Tensor, tf } from "@petl/tensor";

/** A tensor as one that training may overwrite in place; `value` is used up. */
export function asParameter(value: Tensor): Tensor {
  const parameter = tf.variable(value);
  value.dispose();
  return parameter;
}
