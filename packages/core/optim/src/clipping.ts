import { sumOfSquares, type Tensor, tf } from "@petl/tensor";
import type { Tensors } from "./optimizer.js";

/** Euclidean norm of all gradients together -> scalar. The caller disposes it. */
function globalNorm(gradients: Tensors): Tensor {
  return tf.tidy(() =>
    tf.sqrt(tf.addN(Object.values(gradients).map((gradient) => tf.reshape(sumOfSquares(gradient), [])))),
  );
}

/**
 * The factor that brings the global norm down to `maxNorm`: `min(1, maxNorm / (norm + 1e-6))` -> scalar, as in PyTorch's
 * `clip_grad_norm_`. Pascanu et al. 2013, https://arxiv.org/abs/1211.5063
 */
export function clipScale(gradients: Tensors, maxNorm: number): Tensor {
  return tf.tidy(() => tf.minimum(1, tf.div(maxNorm, tf.add(globalNorm(gradients), 1e-6))));
}
