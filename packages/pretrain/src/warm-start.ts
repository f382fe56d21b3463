import type { T5, T5Config } from "@petl/backbone";
import { type Random, tf, type Variable } from "@petl/tensor";
import { cooccurrenceEmbeddings } from "./cooccurrence.js";

/** Root mean square of a channel of the warm embeddings and of the LM head's rows. */
const embeddingScale = 0.5;
const headScale = Number(process.env.HS ?? 0.15);
/** Score a sharp head gives the one distance it looks at. */
const sharpness = 4;
/** Score of a token for itself in cross-attention, per head. */
const matching = 4;

/**
 * Weights to begin pre-training with, put over random ones in place: what gradient steps take longest to find.
 *
 * Embeddings and LM head come from co-occurrence counts of the text; heads of self-attention begin by looking at the token
 * one or two places off (two look everywhere); cross-attention begins by looking for the token the decoder stands on, which
 * is how a sentinel finds its place in the source.
 */
export function warmStart({ config, params }: T5, tokens: Uint16Array, random: Random): void {
  const set = (name: string, values: Float32Array): void => {
    const value = tf.tensor(values, params[name]!.shape);
    (params[name] as Variable).assign(value);
    value.dispose();
  };
  const { vocabularySize, modelWidth } = config;
  const embeddings = cooccurrenceEmbeddings(tokens, vocabularySize, modelWidth, random);
  set(
    "shared.weight",
    embeddings.map((value) => value * embeddingScale),
  );
  if (!config.tiedHead)
    set(
      "lmHead.weight",
      embeddings.map((value) => value * headScale),
    );
  set("encoder.relativeBias.weight", localBias([-1, 1, -2, 2], true, config));
  set("decoder.relativeBias.weight", localBias([-1, -2], false, config));
  for (let layer = 0; layer < config.decoderLayers; layer++) {
    const name = `decoder.${layer}.crossAttention`;
    const shape = params[`${name}.query.weight`]!.shape;
    const scale = Math.sqrt(matching / (config.headWidth * modelWidth)); // |W x|^2 = matching for a normalised x
    const values = random.fork(name).normal(shape, 0, scale);
    for (const side of ["query", "key"]) set(`${name}.${side}.weight`, values.dataSync() as Float32Array);
    values.dispose();
  }
}

/** Relative bias (buckets, heads) whose first heads each look at one distance `key - query`; the others start at 0. */
function localBias(distances: readonly number[], bidirectional: boolean, config: T5Config): Float32Array {
  const { relativeBuckets, heads } = config;
  const table = new Float32Array(relativeBuckets * heads);
  for (const [head, distance] of distances.slice(0, heads).entries()) {
    const half = relativeBuckets >> 1;
    const bucket = bidirectional && distance > 0 ? half + distance : Math.abs(distance); // near distances are exact
    table[bucket * heads + head] = sharpness;
  }
  return table;
}
