import { Pass, type T5 } from "@petl/backbone";
import { embedding, linear, meanCrossEntropy, type Random, type Tensor, tf } from "@petl/tensor";
import { type Batch, disposeBatch, makeBatch } from "@petl/trainer";
import type { CorruptedText } from "./span-corruption.js";

/** A batch of corrupted texts, and where the encoder is asked as well. */
export interface PretrainBatch {
  readonly texts: Batch;
  /** int32 (1, spans): row of each sentinel in the encoder's flattened output. */
  readonly headRows: Tensor;
  /** int32 (spans): the token each stands for first. */
  readonly headTokens: Tensor;
}

/** The caller disposes it with `disposePretrainBatch`. */
export function makePretrainBatch(texts: readonly CorruptedText[], padId: number, startId: number): PretrainBatch {
  const batch = makeBatch(texts, padId, startId);
  const width = batch.sources.shape[1]!;
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
  };
}

export function disposePretrainBatch({ texts, headRows, headTokens }: PretrainBatch): void {
  disposeBatch(texts);
  tf.dispose([headRows, headTokens]);
}

/**
 * Mean cross-entropy of the targets in nats a token (sentinels included), plus `encoderWeight` times that of the first token of
 * each span read off the encoder's output at its sentinel through the same LM head.
 *
 * The second part is ours: it gives the decoder something to look up, so that a small model leaves the plateau at which it
 * knows token frequencies only; 0 is T5's own objective.
 */
export function spanLoss(model: T5, batch: PretrainBatch, encoderWeight: number, random: Random): Tensor {
  const { sources, mask, decoderInputs, labels } = batch.texts;
  const everything = { hooks: new Map(), unfrozen: Object.keys(model.params) };
  const pass = new Pass(model.sites, everything, { params: {}, training: true, random }, 0);
  const encoded = model.encode(sources, mask, pass);
  const state = model.decode(decoderInputs, encoded, pass);
  const logits = model.readout(state, pass);
  const loss = meanCrossEntropy(tf.reshape(logits, [-1, logits.shape[2]!]), labels);
  if (encoderWeight === 0) return loss;
  return tf.add(loss, tf.mul(encoderLoss(model, encoded.hidden, batch), encoderWeight));
}

function encoderLoss(model: T5, hidden: Tensor, { headRows, headTokens }: PretrainBatch): Tensor {
  const { tiedHead, modelWidth } = model.config;
  const heads = embedding(tf.reshape(hidden, [-1, modelWidth]), headRows); // (1, spans, channels)
  const scaled = tiedHead ? tf.mul(heads, modelWidth ** -0.5) : heads;
  const logits = linear(scaled, model.param(tiedHead ? "shared.weight" : "lmHead.weight"));
  return meanCrossEntropy(tf.reshape(logits, [-1, logits.shape[2]!]), headTokens);
}
