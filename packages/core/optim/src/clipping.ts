import { sumOfSquares, type Tensor, tf } from "@petl/tensor";
import type { Tensors } from "./optimizer.js";

/** Euclidean norm of all gradients together -> scalar: not finite where a gradient is not. The caller disposes it. */
export function globalNorm(gradients: Tensors): Tensor {
  return tf.tidy(() =>
    tf.sqrt(tf.addN(Object.values(gradients).map((gradient) => tf.reshape(sumOfSquares(gradient), [])))),
  );
}

/**
 * The factor that brings the global norm down to `maxNorm`: `min(1, maxNorm / (norm + 1e-6))` -> scalar, as in PyTorch's
 * `clip_grad_norm_`. Pascanu et al. 2013, https://arxiv.org/abs/1211.5063
 */
export function clipScale(gradients: Tensors, maxNorm: number): Tensor {
  return tf.tidy(() => clipFactor(globalNorm(gradients), maxNorm));
}

/**
 * The factor that takes gradients of a loss times `lossScale` back to those of the loss, and brings their global norm down to `maxNorm`
 * (null: not) -> scalar. `norm` is that of the gradients as they are.
 */
export function unscaleAndClip(norm: Tensor, lossScale: number, maxNorm: number | null): Tensor {
  return tf.tidy(() =>
    maxNorm === null
      ? tf.scalar(1 / lossScale)
      : tf.mul(clipFactor(tf.mul(norm, 1 / lossScale), maxNorm), 1 / lossScale),
  );
}

const clipFactor = (norm: Tensor, maxNorm: number): Tensor => tf.minimum(1, tf.div(maxNorm, tf.add(norm, 1e-6)));
