import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, kernelOr, runKernel } from "../kernels.js";
import type { Random } from "../random.js";
import { differentiable, needsGradient } from "../tape.js";
import { dropoutMask } from "./dropout.js";

/** What attention reads. */
export interface AttentionInputs {
  /** (batch, queries, heads * size) */
  readonly query: Tensor;
  /** (batch, keys, heads * size) */
  readonly key: Tensor;
  /** (batch, keys, heads * size) */
  readonly value: Tensor;
  /** Added to every example's scores: (heads, queries, keys), or null for none. */
  readonly bias: Tensor | null;
  /** 1 for a real key, 0 for padding: (batch, keys). */
  readonly mask: Tensor;
}

export interface AttentionShape {
  readonly heads: number;
  /** Query i sees keys 0..i + keys - queries only. */
  readonly causal: boolean;
}

/** Dropout of the probabilities. */
export interface AttentionDropout {
  readonly rate: number;
  readonly random: Random;
}

/** A score no softmax gives weight to, small enough that adding to it does not overflow. */
const masked = -1e30;

/**
 * Multi-head attention `softmax(q k^T + bias) v` without scaling, as in T5 -> (batch, queries, heads * size).
 *
 * Saves its inputs only: the probabilities (batch, heads, queries, keys) are computed again backward, and what `dropout`
 * made of them too. A device's kernel does the work where it has one and nothing is dropped.
 */
export function attention(
  inputs: AttentionInputs,
  shape: AttentionShape,
  dropout: AttentionDropout | null = null,
): Tensor {
  const { query, key, value, bias, mask } = inputs;
  const drop = dropout === null || dropout.rate === 0 ? null : dropoutMask(dropout.rate, dropout.random);
  return differentiable(
    "attention",
    { query, key, value, bias, mask },
    () =>
      drop === null
        ? kernelOr("PetlAttention", { ...inputs }, { ...shape }, () =>
            apply(weights(inputs, shape), value, shape.heads),
          )
        : apply(spent(weights(inputs, shape), drop), value, shape.heads),
    (_, needs) => {
      const biasGradient = needs("bias");
      return {
        save: bias === null ? [query, key, value, mask] : [query, key, value, mask, bias],
        backward: (dy, [q, k, v, m, b]) =>
          gradients(dy, { query: q!, key: k!, value: v!, mask: m!, bias: b ?? null }, shape, biasGradient, drop),
      };
    },
  );
}

/** The probabilities alone: (batch, heads, queries, keys). Composed of recorded operations where they need a gradient. */
export function attentionWeights(inputs: Omit<AttentionInputs, "value">, shape: AttentionShape): Tensor {
  if (Object.values(inputs).some(needsGradient)) return weights(inputs, shape);
  return kernelOr("PetlAttentionWeights", { ...inputs }, { ...shape }, () => weights(inputs, shape));
}

/** Probabilities (batch, heads, queries, keys) applied to `value` (batch, keys, heads * size) -> (batch, queries, heads * size). */
export function applyAttention(probabilities: Tensor, value: Tensor, heads: number): Tensor {
  if (needsGradient(probabilities) || needsGradient(value)) return apply(probabilities, value, heads);
  return kernelOr("PetlApplyAttention", { weights: probabilities, value }, {}, () =>
    apply(probabilities, value, heads),
  );
}

type Drop = ((probabilities: Tensor) => Tensor) | null;

function gradients(dy: Tensor, inputs: AttentionInputs, shape: AttentionShape, biasGradient: boolean, drop: Drop) {
  const [dQuery, dKey, dValue, dBias] =
    drop === null && hasKernel("PetlAttentionGradient")
      ? runKernel("PetlAttentionGradient", { dy, ...inputs }, { ...shape, biasGradient })
      : composedGradients(dy, inputs, shape, biasGradient, drop);
  return { query: () => dQuery!, key: () => dKey!, value: () => dValue!, bias: () => dBias! };
}

function composedGradients(
  dy: Tensor,
  inputs: AttentionInputs,
  shape: AttentionShape,
  biasGradient: boolean,
  drop: Drop,
): Tensor[] {
  return tf.tidy(() => {
    const { heads } = shape;
    const [query, key, value] = [inputs.query, inputs.key, inputs.value].map((tensor) => splitHeads(tensor, heads));
    const probabilities = tf.tidy(() => weights(inputs, shape));
    const dContext = splitHeads(dy, heads);
    const dValue = tf.tidy(() => joinHeads(tf.matMul(drop?.(probabilities) ?? probabilities, dContext, true, false)));
    const dDropped: Tensor = tf.matMul(dContext, value!, false, true);
    const dProbabilities = drop === null ? dDropped : spent(dDropped, drop);
    const weighted = spent(dProbabilities, (x) => tf.mul(x, probabilities));
    const along = tf.tidy(() => tf.mul(probabilities, tf.sum(weighted, -1, true)));
    probabilities.dispose();
    const dScores = tf.sub(weighted, along);
    tf.dispose([weighted, along]);
    const all = [joinHeads(tf.matMul(dScores, key!)), joinHeads(tf.matMul(dScores, query!, true, false)), dValue];
    return biasGradient ? [...all, tf.sum(dScores, 0)] : all;
  });
}

function weights(
  { query, key, bias, mask }: Omit<AttentionInputs, "value">,
  { heads, causal }: AttentionShape,
): Tensor {
  const scores: Tensor = tf.matMul(splitHeads(query, heads), splitHeads(key, heads), false, true);
  const biased = bias === null ? scores : spent(scores, (x) => tf.add(x, bias));
  const visible = spent(biased, (x) => tf.add(x, blocked(mask, query.shape[1]!, causal)));
  return spent(visible, tf.softmax);
}

/** `use(x)`; `x`, which nobody else holds, is freed at once and not at the end of the scope: it is of the scores' size. */
function spent(x: Tensor, use: (x: Tensor) => Tensor): Tensor {
  const result = use(x);
  x.dispose();
  return result;
}

/** 0 where a query may look, a large negative number where not: (batch, 1, 1 or queries, keys). */
function blocked(mask: Tensor, queries: number, causal: boolean): Tensor {
  const [batch, keys] = mask.shape as [number, number];
  const padding = tf.mul(tf.sub(1, tf.cast(mask, "float32")), masked);
  const byKey = tf.reshape(padding, [batch, 1, 1, keys]);
  if (!causal) return byKey;
  const future = new Float32Array(queries * keys);
  for (let row = 0; row < queries; row++) future.fill(masked, row * keys + row + 1 + keys - queries, (row + 1) * keys);
  return tf.minimum(byKey, tf.tensor(future, [1, 1, queries, keys]));
}

/** (batch, tokens, heads * size) -> (batch, heads, tokens, size) */
function splitHeads(tensor: Tensor, heads: number): Tensor4D {
  const [batch, tokens, width] = tensor.shape as [number, number, number];
  return tf.transpose(tf.reshape(tensor, [batch, tokens, heads, width / heads]), [0, 2, 1, 3]) as Tensor4D;
}

/** (batch, heads, tokens, size) -> (batch, tokens, heads * size) */
function joinHeads(tensor: Tensor): Tensor {
  const [batch, heads, tokens, size] = tensor.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(tensor, [0, 2, 1, 3]), [batch, tokens, heads * size]);
}

function apply(probabilities: Tensor, value: Tensor, heads: number): Tensor {
  return joinHeads(tf.matMul(probabilities as Tensor4D, splitHeads(value, heads)));
}
