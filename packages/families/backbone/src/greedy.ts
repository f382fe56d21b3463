import type { Activation } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";
import { KeyValueCache } from "./attention-sublayer.js";
import { NotFiniteError } from "./finite.js";
import type { Pass } from "./pass.js";
import type { LayerCache, T5 } from "./t5.js";

/** Turns the decoder's state into logits, through a side network where there is one. */
export type Readout = (state: Activation) => Tensor;

/**
 * Greedy decoding of up to `maxTokens` tokens after the start token; rows end with the end-of-sequence id, then padding.
 *
 * With `cached`, keys and values of earlier tokens are kept, which gives the same tokens where nothing hooks or reads the
 * decoder; otherwise the whole prefix is computed again for each token. @throws NotFiniteError, naming `place`, where a logit is NaN or infinite
 */
export async function greedyDecode(
  model: T5,
  encoded: Activation,
  pass: Pass,
  maxTokens: number,
  cached: boolean,
  readout: Readout = (state) => model.readout(state, pass),
  origin = { place: "decoding", remedy: "check the weights" },
): Promise<number[][]> {
  const batch = encoded.hidden.shape[0]!;
  const { decoderStartId, eosId, padId } = model.config;
  const rows: number[][] = Array.from({ length: batch }, () => []);
  const caches = cached ? emptyCaches(model.config.decoderLayers) : undefined;
  try {
    for (let step = 0; step < maxTokens && rows.some((row) => !row.includes(eosId)); step++) {
      const prefixes = rows.map((row) => [decoderStartId, ...row]);
      const next = tf.tidy(() => {
        const inputs = caches === undefined ? prefixes : prefixes.map((prefix) => prefix.slice(-1));
        const logits = readout(model.decode(tf.tensor2d(inputs, undefined, "int32"), encoded, pass, caches));
        const last = lastToken(logits);
        return { best: tf.argMax(last, -1), last }; // (batch), (batch, classes)
      });
      const ids = await chosen(next, rows, eosId, origin);
      for (const [index, row] of rows.entries()) row.push(row.includes(eosId) ? padId : ids[index]!);
    }
  } finally {
    for (const { self, cross } of caches ?? []) {
      self.dispose();
      cross.dispose();
    }
  }
  return rows;
}

/** Reads the best tokens, once no logit of an unfinished row is NaN or infinite: an argmax of such a row means nothing. */
async function chosen(
  { best, last }: { readonly best: Tensor; readonly last: Tensor },
  rows: readonly (readonly number[])[],
  eosId: number,
  { place, remedy }: { readonly place: string; readonly remedy: string },
): Promise<ArrayLike<number>> {
  const sum = tf.sum(last, -1); // (batch)
  last.dispose();
  try {
    const [ids, sums] = await Promise.all([best.data(), sum.data()]);
    const bad = rows.findIndex((row, index) => !row.includes(eosId) && !Number.isFinite(sums[index]));
    if (bad >= 0) throw new NotFiniteError(place, "logits", sums[bad]!, remedy);
    return ids;
  } finally {
    tf.dispose([best, sum]);
  }
}

const emptyCaches = (layers: number): LayerCache[] =>
  Array.from({ length: layers }, () => ({ self: new KeyValueCache(), cross: new KeyValueCache() }));

/** (batch, tokens, classes) -> (batch, classes) of the last token */
function lastToken(logits: Tensor): Tensor {
  const [batch, tokens, classes] = logits.shape as [number, number, number];
  return tf.reshape(tf.slice(logits, [0, tokens - 1, 0], [batch, 1, classes]), [batch, classes]);
}
