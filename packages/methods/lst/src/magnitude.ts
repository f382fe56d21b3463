import { type Tensor, tf, widened } from "@petl/tensor";

/** Sums of the magnitudes of a weight (output, input): of each output's weights, and of each input's. */
export const byRow = (weight: Tensor): Tensor => tf.tidy(() => tf.sum(tf.abs(widened(weight)), 1));
export const byColumn = (weight: Tensor): Tensor => tf.tidy(() => tf.sum(tf.abs(widened(weight)), 0));

/** Indices of the `count` largest values along the last axis, the largest first: int32. */
export const largest = (importance: Tensor, count: number): Tensor => tf.topk(importance, count).indices;
