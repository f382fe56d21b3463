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
  /** (batch, keys, keyValueHeads * size) */
  readonly key: Tensor;
  /** (batch, keys, keyValueHeads * size) */
  readonly value: Tensor;
  /** Added to every example's scores: (heads, queries, keys), or null for none. */
  readonly bias: Tensor | null;
  /** 1 for a real key, 0 for padding: (batch, keys). */
  readonly mask: Tensor;
}

export interface AttentionShape {
  /** Heads of the queries. */
  readonly heads: number;
  /**
   * Heads of the keys and values, a divisor of `heads`, which is the default: each serves `heads / keyValueHeads` heads of the
   * queries in a row (grouped-query attention: Ainslie et al. 2023, https://arxiv.org/abs/2305.13245).
   */
  readonly keyValueHeads?: number;
  /** What products of queries and keys are multiplied by; default 1, as in T5. */
  readonly scale?: number;
  /** Query i sees keys 0..i + keys - queries only. */
  readonly causal: boolean;
}

/** A shape with its defaults. */
type WholeShape = Required<AttentionShape>;

function wholeShape({ query, key }: Pick<AttentionInputs, "query" | "key">, shape: AttentionShape): WholeShape {
  const { heads, keyValueHeads = heads, scale = 1, causal } = shape;
  const [width, keyWidth] = [query.shape[2]!, key.shape[2]!];
  if (heads % keyValueHeads !== 0 || width % heads !== 0 || width * keyValueHeads !== keyWidth * heads) {
    throw new Error(
      `attention: expected keys of ${keyValueHeads} heads for queries of ${heads}, a multiple of that, with equal channels per head, got query [${query.shape}] and key [${key.shape}]`,
    );
  }
  return { heads, keyValueHeads, scale, causal };
}

/** Dropout of the probabilities. */
export interface AttentionDropout {
  readonly rate: number;
  readonly random: Random;
}

/** A score no softmax gives weight to, small enough that adding to it does not overflow. */
const masked = -1e30;

/**
 * Multi-head attention `softmax(scale q k^T + bias) v` -> (batch, queries, heads * size). A query that may see no key at all gets the
 * mean of all values.
 *
 * Saves its inputs only: the probabilities (batch, heads, queries, keys) are computed again backward, and what `dropout`
 * made of them too. A device's kernel does the work where it has one and nothing is dropped.
 */
export function attention(
  inputs: AttentionInputs,
  partialShape: AttentionShape,
  dropout: AttentionDropout | null = null,
): Tensor {
  const { query, key, value, bias, mask } = inputs;
  const shape = wholeShape(inputs, partialShape);
  const drop = dropout === null || dropout.rate === 0 ? null : dropoutMask(dropout.rate, dropout.random);
  return differentiable(
    "attention",
    { query, key, value, bias, mask },
    () =>
      drop === null
        ? kernelOr("PetlAttention", { ...inputs }, { ...shape }, () =>
            apply(weights(inputs, shape), value, shape.keyValueHeads),
          )
        : apply(spent(weights(inputs, shape), drop), value, shape.keyValueHeads),
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
export function attentionWeights(inputs: Omit<AttentionInputs, "value">, partialShape: AttentionShape): Tensor {
  const shape = wholeShape(inputs, partialShape);
  if (Object.values(inputs).some(needsGradient)) return weights(inputs, shape);
  return kernelOr("PetlAttentionWeights", { ...inputs }, { ...shape }, () => weights(inputs, shape));
}

/**
 * Probabilities (batch, heads, queries, keys) applied to `value` (batch, keys, keyValueHeads * size) -> (batch, queries, heads * size).
 */
export function applyAttention(probabilities: Tensor, value: Tensor, heads: number, keyValueHeads = heads): Tensor {
  if (heads % keyValueHeads !== 0 || probabilities.shape[1] !== heads || value.shape[2]! % keyValueHeads !== 0) {
    throw new Error(
      `applyAttention: expected weights of ${heads} heads and values of ${keyValueHeads}, a divisor of that, got weights [${probabilities.shape}] and value [${value.shape}]`,
    );
  }
  if (needsGradient(probabilities) || needsGradient(value)) return apply(probabilities, value, keyValueHeads);
  return kernelOr("PetlApplyAttention", { weights: probabilities, value }, { keyValueHeads }, () =>
    apply(probabilities, value, keyValueHeads),
  );
}

type Drop = ((probabilities: Tensor) => Tensor) | null;

function gradients(dy: Tensor, inputs: AttentionInputs, shape: WholeShape, biasGradient: boolean, drop: Drop) {
  const [dQuery, dKey, dValue, dBias] =
    drop === null && hasKernel("PetlAttentionGradient")
      ? runKernel("PetlAttentionGradient", { dy, ...inputs }, { ...shape, biasGradient })
      : composedGradients(dy, inputs, shape, biasGradient, drop);
  return { query: () => dQuery!, key: () => dKey!, value: () => dValue!, bias: () => dBias! };
}

function composedGradients(
  dy: Tensor,
  inputs: AttentionInputs,
  shape: WholeShape,
  biasGradient: boolean,
  drop: Drop,
): Tensor[] {
  return tf.tidy(() => {
    const { heads, keyValueHeads, scale } = shape;
    const groupsOf = (x: Tensor): Tensor4D => grouped(x, keyValueHeads);
    const query = groupsOf(splitHeads(inputs.query, heads));
    const [key, value] = [inputs.key, inputs.value].map((tensor) => splitHeads(tensor, keyValueHeads));
    const probabilities = tf.tidy(() => weights(inputs, shape));
    const dContext = groupsOf(splitHeads(dy, heads));
    const dValue = tf.tidy(() =>
      joinHeads(tf.matMul(groupsOf(drop?.(probabilities) ?? probabilities), dContext, true, false)),
    );
    const dDropped = spent(tf.matMul(dContext, value!, false, true), (x) => tf.reshape(x, probabilities.shape));
    const dProbabilities = drop === null ? dDropped : spent(dDropped, drop);
    const weighted = spent(dProbabilities, (x) => tf.mul(x, probabilities));
    const along = tf.tidy(() => tf.mul(probabilities, tf.sum(weighted, -1, true)));
    probabilities.dispose();
    const dScores = tf.sub(weighted, along);
    tf.dispose([weighted, along]);
    const dProducts = groupsOf(dScores);
    const dQuery = tf.tidy(() => joinHeads(ungrouped(scaled(tf.matMul(dProducts, key!), scale), heads)));
    const dKey = tf.tidy(() => joinHeads(scaled(tf.matMul(dProducts, query, true, false), scale)));
    return biasGradient ? [dQuery, dKey, dValue, tf.sum(dScores, 0)] : [dQuery, dKey, dValue];
  });
}

function weights(
  { query, key, bias, mask }: Omit<AttentionInputs, "value">,
  { heads, keyValueHeads, scale, causal }: WholeShape,
): Tensor {
  const ofGroups = tf.matMul(
    grouped(splitHeads(query, heads), keyValueHeads),
    splitHeads(key, keyValueHeads),
    false,
    true,
  );
  const products = ungrouped(ofGroups, heads);
  const scores = scale === 1 ? products : spent(products, (x) => tf.mul(x, scale));
  const biased = bias === null ? scores : spent(scores, (x) => tf.add(x, bias));
  const visible = spent(biased, (x) => tf.add(x, blocked(mask, query.shape[1]!, causal)));
  return spent(visible, tf.softmax);
}

const scaled = (x: Tensor, scale: number): Tensor => (scale === 1 ? x : tf.mul(x, scale));

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

/** (batch, heads, tokens, size) -> (batch, keyValueHeads, heads / keyValueHeads * tokens, size): heads that share keys, one after the other. */
function grouped(tensor: Tensor, keyValueHeads: number): Tensor4D {
  const [batch, heads, tokens, size] = tensor.shape as [number, number, number, number];
  if (heads === keyValueHeads) return tensor as Tensor4D;
  return tf.reshape(tensor, [batch, keyValueHeads, (heads / keyValueHeads) * tokens, size]) as Tensor4D;
}

/** The other way round. */
function ungrouped(tensor: Tensor, heads: number): Tensor {
  const [batch, keyValueHeads, rows, size] = tensor.shape as [number, number, number, number];
  if (heads === keyValueHeads) return tensor;
  return tf.reshape(tensor, [batch, heads, (rows * keyValueHeads) / heads, size]);
}

function apply(probabilities: Tensor, value: Tensor, keyValueHeads: number): Tensor {
  const context = tf.matMul(grouped(probabilities, keyValueHeads), splitHeads(value, keyValueHeads));
  return joinHeads(ungrouped(context, probabilities.shape[1]!));
}
