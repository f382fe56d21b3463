import { columnSum, differentiable, linear, type Tensor, tf } from "@petl/tensor";

/** What is differentiated: `A x` (batch, tokens, rank), `lambda_d` (rank), `lambda_b` (output). */
interface Differentiated extends Record<string, Tensor> {
  readonly down: Tensor;
  readonly d: Tensor;
  readonly b: Tensor;
}

/**
 * `lambda_b * B (lambda_d * down)` with the frozen factor `B` (output, rank) -> (batch, tokens, output).
 *
 * Backward keeps `down` and computes the rest again: composed of products it would keep `B (lambda_d * down)` too, which is as wide as
 * the layer's output.
 */
export function scaledUpdate({ down, d, b }: Differentiated, factor: tf.Tensor2D): Tensor {
  const [output, rank] = factor.shape;
  const rows = (tensor: Tensor, channels: number): tf.Tensor2D => tf.reshape(tensor, [-1, channels]);
  return differentiable(
    "scaled update",
    { down, d, b },
    () => tf.mul(linear(tf.mul(down, d), factor), b),
    () => ({
      save: [down, d, b, factor],
      backward: (dy, [savedDown, savedD, savedB, savedFactor]) => {
        const kept = savedFactor as tf.Tensor2D;
        const toInner = tf.matMul(rows(tf.mul(dy, savedB!), output), kept); // gradient of lambda_d * down: (tokens, rank)
        return {
          down: () => tf.reshape(tf.mul(toInner, savedD!), savedDown!.shape),
          d: () => columnSum(tf.mul(toInner, rows(savedDown!, rank))),
          b: () => {
            const inner = rows(tf.mul(savedDown!, savedD!), rank);
            return tf.sum(tf.mul(tf.matMul(rows(dy, output), inner, true, false), kept), 1);
          },
        };
      },
    }),
  );
}
