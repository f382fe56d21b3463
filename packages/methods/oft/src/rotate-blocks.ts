import { differentiable, type Tensor, tf } from "@petl/tensor";

/**
 * Multiplies each block of the last axis of `x` (..., blocks * size) by a matrix of its own: `x_k R_k`, `rotations` is (blocks, size, size).
 *
 * Backward keeps `x` itself, which layers that read the same input share, not a copy in blocks.
 */
export function rotateBlocks(x: Tensor, rotations: tf.Tensor3D): Tensor {
  const [blocks, size] = rotations.shape;
  const inBlocks = (tensor: Tensor): tf.Tensor3D => tf.transpose(tf.reshape(tensor, [-1, blocks, size]), [1, 0, 2]);
  const inRows = (tensor: tf.Tensor3D): Tensor => tf.reshape(tf.transpose(tensor, [1, 0, 2]), x.shape);
  return differentiable(
    "rotate blocks",
    { x, rotations },
    () => inRows(tf.matMul(inBlocks(x), rotations)),
    () => ({
      save: [x, rotations],
      backward: (dy, [savedX, savedRotations]) => ({
        x: () => inRows(tf.matMul(inBlocks(dy), savedRotations as tf.Tensor3D, false, true)),
        rotations: () => tf.matMul(inBlocks(savedX!), inBlocks(dy), true, false),
      }),
    }),
  );
}
