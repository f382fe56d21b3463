import { Pass } from "@petl/backbone";
import type { T5, T5Tensors } from "@petl/family-t5";
import {
  embedding,
  linear,
  meanCrossEntropy,
  type Random,
  seededRandom,
  softmaxCrossEntropy,
  type Tensor,
  tf,
} from "@petl/tensor";
import { type Batch, disposeBatch, makeBatch } from "@petl/trainer";
import type { CorruptedText } from "./span-corruption.js";

/** A batch of corrupted texts, and where the encoder is asked as well. */
export interface PretrainBatch {
  readonly texts: Batch;
  /** int32 (1, spans): row of each sentinel in the encoder's flattened output. */
  readonly headRows: Tensor;
  /** int32 (spans): the token each stands for first. */
  readonly headTokens: Tensor;
  /** int32 (1, tokens): row of the decoder's first position of the text each of `summaryTokens` belongs to. */
  readonly summaryRows: Tensor;
  /** int32 (tokens): masked tokens of the texts. */
  readonly summaryTokens: Tensor;
}

/** The caller disposes it with `disposePretrainBatch`. */
export function makePretrainBatch(
  texts: readonly (CorruptedText & { readonly summary: readonly number[] })[],
  model: T5,
): PretrainBatch {
  const batch = makeBatch(texts, model);
  const [, width, targetWidth] = batch.inputs.shape;
  const summary = texts.flatMap(({ summary }, row) => summary.map((token) => ({ row: row * targetWidth, token })));
  const heads = texts.flatMap(({ heads }, row) =>
    heads.map(({ position, token }) => ({ row: row * width + position, token })),
  );
  return {
    texts: batch,
    headRows: tf.tensor2d([heads.map(({ row }) => row)], undefined, "int32"),
    headTokens: tf.tensor1d(
      heads.map(({ token }) => token),
      "int32",
    ),
    summaryRows: tf.tensor2d([summary.map(({ row }) => row)], undefined, "int32"),
    summaryTokens: tf.tensor1d(
      summary.map(({ token }) => token),
      "int32",
    ),
  };
}

export function disposePretrainBatch({ texts, ...tensors }: PretrainBatch): void {
  disposeBatch(texts);
  tf.dispose(tensors as Record<string, Tensor>);
}

/** Weights of the two parts of the loss that are ours; 0 for both is T5's own objective. */
export interface LossWeights {
  readonly encoderWeight: number;
  readonly summaryWeight: number;
}

/**
 * Mean cross-entropy of the targets in nats a token (sentinels included), plus two parts of our own through the same LM head:
 *
 * - `encoderWeight` times that of the first token of each span, read off the encoder's output at its sentinel. It gives the
 *   decoder something to look up, so that a small model leaves the plateau at which it knows token frequencies only.
 * - `summaryWeight` times that of masked tokens wherever they stood, read off the decoder's first position, which span
 *   corruption never asks for more than the first sentinel. There a tuned model gives its answer about a whole text.
 */
export function spanLoss(
  model: T5,
  batch: PretrainBatch,
  { encoderWeight, summaryWeight }: LossWeights,
  random: Random,
): Tensor {
  const { logits, encoded } = forward(model, batch, random);
  let loss = meanCrossEntropy(logits, batch.texts.labels);
  if (encoderWeight > 0) {
    const heads = meanCrossEntropy(headLogits(model, encoded, batch), batch.headTokens);
    loss = tf.add(loss, tf.mul(heads, encoderWeight));
  }
  if (summaryWeight > 0 && batch.summaryTokens.size > 0) {
    const summary = meanCrossEntropy(summaryLogits(logits, batch), batch.summaryTokens);
    loss = tf.add(loss, tf.mul(summary, summaryWeight));
  }
  return loss;
}

/** Cross-entropy in nats of each target position (0 where padded), each span's first token by the encoder, each summary token. */
export function spanLosses(model: T5, batch: PretrainBatch): Readonly<Record<"targets" | "heads" | "summary", Tensor>> {
  const { logits, encoded } = forward(model, batch, seededRandom(0));
  return {
    targets: softmaxCrossEntropy(logits, batch.texts.labels),
    heads: softmaxCrossEntropy(headLogits(model, encoded, batch), batch.headTokens),
    summary: softmaxCrossEntropy(summaryLogits(logits, batch), batch.summaryTokens),
  };
}

/** Logits (rows * target tokens, vocabulary) with every tensor taped, and the encoder's output. */
function forward(model: T5, batch: PretrainBatch, random: Random): { logits: Tensor; encoded: Tensor } {
  const { sources, mask, decoderInputs } = batch.texts.inputs.tensors as Record<keyof T5Tensors, Tensor>;
  const everything = { hooks: new Map(), unfrozen: Object.keys(model.params), reads: [] };
  const pass = new Pass(model, everything, { params: {}, training: true, random }, 0);
  const encoded = model.encode(sources, mask, pass);
  const logits = model.readout(model.decode(decoderInputs, encoded, pass), pass);
  return { logits: tf.reshape(logits, [-1, logits.shape[2]!]), encoded: encoded.hidden };
}

/** Logits (spans, vocabulary) of the LM head on the encoder's output at the sentinels. */
function headLogits(model: T5, encoded: Tensor, { headRows }: PretrainBatch): Tensor {
  const { tiedHead, modelWidth } = model.config;
  const heads = embedding(tf.reshape(encoded, [-1, modelWidth]), headRows); // (1, spans, channels)
  const scaled = tiedHead ? tf.mul(heads, modelWidth ** -0.5) : heads;
  const logits = linear(scaled, model.param(tiedHead ? "shared.weight" : "lmHead.weight"));
  return tf.reshape(logits, [-1, logits.shape[2]!]);
}

/** Logits (summary tokens, vocabulary) of each token's text at the decoder's first position. */
function summaryLogits(logits: Tensor, { summaryRows }: PretrainBatch): Tensor {
  return tf.reshape(embedding(logits, summaryRows), [-1, logits.shape[1]!]);
}
