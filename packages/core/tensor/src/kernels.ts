import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { engine } from "./engine.js";

/**
 * Kernels a device may register under these names (tfjs `registerKernel`) to make a fused operation fast; without one the
 * operation is composed of stock kernels. `rows` stands for any number of leading dimensions.
 *
 * | kernel | inputs | attributes | outputs |
 * |---|---|---|---|
 * | `PetlRmsNorm` | x (rows, channels), weight (channels) or absent | epsilon | (rows, channels) |
 * | `PetlRmsNormGradient` | dy, x (rows, channels), weight (channels) or absent | epsilon | dx |
 * | `PetlRmsNormWeightGradient` | dy, x (rows, channels) | epsilon | (channels) |
 * | `PetlLayerNorm` | x (rows, channels), weight, bias (channels) | epsilon | (rows, channels) |
 * | `PetlLayerNormGradient` | dy, x (rows, channels), weight (channels) | epsilon | dx |
 * | `PetlLayerNormWeightGradient` | dy, x (rows, channels) | epsilon | (channels) |
 * | `PetlRelu` / `PetlReluGradient` | x / dy, y | - | same shape; dy where y > 0 |
 * | `PetlGelu` / `PetlGeluGradient` | x / dy, x | - | tanh approximation |
 * | `PetlGeluErf` / `PetlGeluErfGradient` | x / dy, x | - | exact |
 * | `PetlSwiGlu` | gate, up | - | same shape |
 * | `PetlSwiGluGradient` | dy, gate, up | - | dGate, dUp |
 * | `PetlRotary` | x (batch, tokens, heads*size), positions (batch, tokens) int32, table (count, size) | heads, isBack: boolean | same shape as x |
 * | `PetlAttention` | query (batch, queries, heads*size), key, value (batch, keys, keyValueHeads*size), bias (heads, queries, keys) or absent, mask (batch, keys) | heads, keyValueHeads, scale, causal | (batch, queries, heads*size) |
 * | `PetlAttentionGradient` | dy and the inputs above | as above, and biasGradient: boolean | dQuery, dKey, dValue[, dBias] |
 * | `PetlAttentionWeights` | query, key, bias or absent, mask, as above | as above | (batch, heads, queries, keys) |
 * | `PetlApplyAttention` | weights (batch, heads, queries, keys), value as above | keyValueHeads | (batch, queries, heads*size) |
 * | `PetlLinear` | x (rows, input), weight (output, input), bias (output) or absent | transposed: boolean; then weight is (input, output) | (rows, output) |
 * | `PetlAddProduct` | sum (m, n), a (rows, m), b (rows, n) | - | none; `a^T b` is added to sum |
 * | `PetlRecurrentCell` | fromInput, fromContext or absent, fromState or absent (rows, gates*hidden), inputBias, stateBias (gates*hidden), state (rows, parts*hidden) or absent | cell: "gru" \| "rnn" \| "lstm" | (rows, parts*hidden) |
 * | `PetlRecurrentCellGradient` | dy (rows, parts*hidden) and the inputs above | cell | gru: dFromInput, dFromState, dState; rnn: dGates; lstm: dGates, dState |
 * | `PetlCrossEntropy` | logits (rows, classes), labels (rows) int32, -100 = ignored | - | loss (rows), 0 where ignored |
 * | `PetlCrossEntropyGradient` | dy (rows), logits, labels, loss (rows) as above | - | (rows, classes) |
 * | `PetlEmbeddingGradient` | dy (rows, channels), ids (rows) int32 | size | (size, channels) |
 * | `PetlColumnSum` | x (rows, channels) | - | (channels) |
 * | `PetlSumOfSquares` | x | - | scalar |
 * | `PetlOrthonormalRows` | x (rows, columns) | - | same shape: an orthonormal basis of the rows' span, a row at a time |
 * | `PetlRotateRows` | x (rows, columns) | sweeps | same shape: rows rotated pair by pair until orthogonal, the longest first |
 * | `PetlDropout` | x | rate, key: [int, int] | same shape |
 * | `PetlRandom` | - | shape, key: [int, int], distribution: "uniform" \| "normal" | shape |
 * | `PetlFromHost` | - | shape, write: sets every value of the Float32Array it is given | shape |
 * | `PetlStoreWeight` | - | format, shape, read: gives the bytes | shape; the kernel calls `markStored` |
 * | `PetlWidenWeight` | weight, stored | - | same shape, not stored |
 * | `PetlAdamW` | param, gradient, mean, variance, scale (scalar) | learningRate, beta1, beta2, epsilon, weightDecay, step | none; param, mean and variance are overwritten |
 */
export type KernelName =
  | "PetlRmsNorm"
  | "PetlRmsNormGradient"
  | "PetlRmsNormWeightGradient"
  | "PetlLayerNorm"
  | "PetlLayerNormGradient"
  | "PetlLayerNormWeightGradient"
  | "PetlRelu"
  | "PetlReluGradient"
  | "PetlGelu"
  | "PetlGeluGradient"
  | "PetlGeluErf"
  | "PetlGeluErfGradient"
  | "PetlSwiGlu"
  | "PetlSwiGluGradient"
  | "PetlRotary"
  | "PetlAttention"
  | "PetlAttentionGradient"
  | "PetlAttentionWeights"
  | "PetlApplyAttention"
  | "PetlLinear"
  | "PetlAddProduct"
  | "PetlRecurrentCell"
  | "PetlRecurrentCellGradient"
  | "PetlCrossEntropy"
  | "PetlCrossEntropyGradient"
  | "PetlEmbeddingGradient"
  | "PetlColumnSum"
  | "PetlSumOfSquares"
  | "PetlOrthonormalRows"
  | "PetlRotateRows"
  | "PetlDropout"
  | "PetlRandom"
  | "PetlFromHost"
  | "PetlStoreWeight"
  | "PetlWidenWeight"
  | "PetlAdamW";

let composedOnly = false;

/** Runs `scope` with every fused operation composed of stock kernels: the reference that device kernels are tested against. */
export function withComposedKernels<T>(scope: () => T): T {
  const before = composedOnly;
  composedOnly = true;
  try {
    return scope();
  } finally {
    composedOnly = before;
  }
}

/** Whether the current device registered `name`. */
export function hasKernel(name: KernelName): boolean {
  return !composedOnly && tf.getKernel(name, engine.backendName) != null;
}

/** Runs a device kernel with one output, or `composed` where the device has none. */
export function kernelOr(
  name: KernelName,
  inputs: Readonly<Record<string, Tensor | null>>,
  attrs: Readonly<Record<string, unknown>>,
  composed: () => Tensor,
): Tensor {
  return hasKernel(name) ? (runKernel(name, inputs, attrs)[0] as Tensor) : tf.tidy(composed);
}

/** Runs a device kernel that exists; absent inputs are left out. */
export function runKernel(
  name: KernelName,
  inputs: Readonly<Record<string, Tensor | null>>,
  attrs: Readonly<Record<string, unknown>>,
): Tensor[] {
  const present: tf.NamedTensorMap = {};
  for (const name in inputs) if (inputs[name] != null) present[name] = inputs[name];
  const outputs = tf.engine().runKernel(name, present, attrs as tf.NamedAttrMap) as Tensor | Tensor[];
  return Array.isArray(outputs) ? outputs : [outputs];
}
