import type { Activation } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";
import type { BackboneModel, Prefilled } from "./contract/model.js";
import { NotFiniteError } from "./finite.js";
import type { Pass } from "./pass/pass.js";

/** Where figures that are not finite arose and what to do: for the error's message. */
export interface Origin {
  readonly place: string;
  readonly remedy: string;
}

export interface GreedyOptions {
  readonly maxTokens: number;
  /** Turns the state into logits, through a side network where there is one; default: the backbone's readout. */
  readonly readout?: (state: Activation) => Tensor;
  readonly origin?: Origin;
}

/**
 * Greedy decoding of up to `maxTokens` tokens after sources that were read; rows end with the end-of-sequence id, then padding.
 *
 * Where the backbone can keep keys and values of earlier tokens it does, which gives the same tokens; otherwise everything written so
 * far is computed again for each token. @throws NotFiniteError, naming the origin's place, where a logit is NaN or infinite
 */
export async function greedyDecode(
  model: Pick<BackboneModel, "padId" | "eosId" | "readout">,
  prefilled: Prefilled,
  pass: Pass,
  rows: number,
  { maxTokens, readout = (state) => model.readout(state, pass), origin = weightsOrigin }: GreedyOptions,
): Promise<number[][]> {
  const { eosId, padId } = model;
  const written: number[][] = Array.from({ length: rows }, () => []);
  for (let step = 0; step < maxTokens && written.some((row) => !row.includes(eosId)); step++) {
    const next = tf.tidy(() => {
      const state =
        prefilled.next === undefined
          ? prefilled.after(written, pass)
          : prefilled.next(step === 0 ? null : written.map((row) => row.at(-1)!), pass);
      const last = lastPosition(readout(state));
      return { best: tf.argMax(last, -1), last }; // (rows), (rows, vocabulary)
    });
    const ids = await chosen(next, written, eosId, origin);
    for (const [index, row] of written.entries()) row.push(row.includes(eosId) ? padId : ids[index]!);
  }
  return written;
}

const weightsOrigin: Origin = { place: "decoding", remedy: "check the weights" };

/** Reads the best tokens, once no logit of an unfinished row is NaN or infinite: an argmax of such a row means nothing. */
async function chosen(
  { best, last }: { readonly best: Tensor; readonly last: Tensor },
  rows: readonly (readonly number[])[],
  eosId: number,
  { place, remedy }: Origin,
): Promise<ArrayLike<number>> {
  const sum = tf.sum(last, -1); // (rows)
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

/** (rows, positions, vocabulary) -> (rows, vocabulary) of the last position */
function lastPosition(logits: Tensor): Tensor {
  const [rows, positions, vocabulary] = logits.shape as [number, number, number];
  return tf.reshape(tf.slice(logits, [0, positions - 1, 0], [rows, 1, vocabulary]), [rows, vocabulary]);
}
