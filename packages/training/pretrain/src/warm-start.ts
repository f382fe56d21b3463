import type { T5, T5Config } from "@petl/family-t5";
import { type Random, type Tensor, tf } from "@petl/tensor";
import { cooccurrenceEmbeddings, orthonormal } from "./cooccurrence.js";
import { type Corpus, frequencies } from "./corpus.js";
import { setParameter } from "./parameters.js";
import { reservedChannels, seeRepetition } from "./repetition.js";

/** Root mean square of a channel of the embeddings. */
const embeddingScale = 0.5;
/** Of the LM head's rows: the part that comes from counts, and the random part by which it can tell like words apart. */
const headScale = { counts: 0.15, random: 0.15 };
/** The same for every token in the embeddings' first channel, and about what of it reaches the LM head. */
const constant = { embedding: 2, head: 4 };
/**
 * What blocks that begin at random add to the residual stream, of what they would by T5's rule: more of it would drown the
 * embeddings' content, which is all there is to read at the start.
 */
const residual = 0.1;
/** Score a sharp head gives the one distance it looks at. */
const sharpness = 4;
/** What the encoder's first heads look at, one distance each. */
const near = [-1, 1, -2, 2];
/** Score of a token for itself in cross-attention, per head. */
const matching = 4;
/** Share of what cross-attention looks at that it copies. */
const copied = 1;

/**
 * Weights to begin pre-training with, put over random ones in place: what gradient steps take longest to find.
 *
 * Embeddings and LM head come from co-occurrence counts of the text; their first channel is a constant, by which the head knows
 * how frequent each token is. Heads of self-attention begin by looking at the token one or two places off; the encoder's others look
 * for another token of the same kind, see `seeRepetition`; cross-attention begins by looking for the token the decoder stands on,
 * which is how a sentinel finds its place in the source, and by copying what it finds.
 */
export function warmStart(model: T5, corpus: Corpus, random: Random): void {
  const { config, params } = model;
  const set = (name: string, values: Float32Array): void => setParameter(model, name, values);
  const { vocabularySize, modelWidth } = config;
  const reserved = reservedChannels(model, near.length);
  const contentWidth = modelWidth - reserved.content;
  const counted = cooccurrenceEmbeddings(corpus.tokens, vocabularySize, contentWidth, random);
  const embeddings = new Float32Array(vocabularySize * modelWidth); // reserved channels are 0
  for (let token = 0; token < vocabularySize; token++)
    embeddings.set(
      counted.subarray(token * contentWidth, (token + 1) * contentWidth),
      token * modelWidth + reserved.content,
    );
  const rows = embeddings.map((value) => value * embeddingScale);
  rows.fill(0, config.padId * modelWidth, (config.padId + 1) * modelWidth); // the decoder starts from what it reads
  for (let token = 0; token < vocabularySize; token++) rows[token * modelWidth] = constant.embedding;
  set("shared.weight", rows);
  if (!config.tiedHead) {
    const noise = values(random.fork("head").normal([vocabularySize, modelWidth]));
    const head = embeddings.map((value, at) => value * headScale.counts + noise[at]! * headScale.random);
    const logarithms = frequencies(corpus, vocabularySize).map(Math.log);
    const mean = logarithms.reduce((sum, value) => sum + value, 0) / vocabularySize;
    for (const [token, value] of logarithms.entries()) head[token * modelWidth] = (value - mean) / constant.head;
    set("lmHead.weight", head);
  }
  set("encoder.relativeBias.weight", localBias(near, true, config));
  set("decoder.relativeBias.weight", localBias([-1, -2], false, config));
  for (let layer = 0; layer < config.decoderLayers; layer++) {
    const name = `decoder.${layer}.crossAttention`;
    const [inner, width] = params[`${name}.query.weight`]!.shape as [number, number];
    const look = values(random.fork(name).normal([inner, width], 0, Math.sqrt(matching / (config.headWidth * width))));
    for (const side of ["query", "key"]) set(`${name}.${side}.weight`, look); // |look x|^2 = matching, for a normalised x
    const [value, output] = copying(random.fork(name).fork("copy"), inner, width);
    set(`${name}.value.weight`, value);
    set(`${name}.output.weight`, output);
  }
  for (const { name } of model.sites)
    if (/\.\d+\.(attention|feedforward)\.output$/.test(name))
      set(
        `${name}.weight`,
        (params[`${name}.weight`]!.dataSync() as Float32Array).map((value) => value * residual),
      );
  seeRepetition(model, reserved, random.fork("repetition"));
}

/** Value (inner, width) and output (width, inner) weights whose product is `copied` times a projection of rank `inner`. */
function copying(random: Random, inner: number, width: number): [value: Float32Array, output: Float32Array] {
  const tall = orthonormal(random.normal(inner < width ? [width, inner] : [inner, width]));
  const [value, output] = inner < width ? [tf.transpose(tall), tall] : [tall, tf.transpose(tall)];
  return [values(value), values(tf.mul(output, copied))];
}

function values(tensor: Tensor): Float32Array {
  const read = tensor.dataSync().slice() as Float32Array;
  tensor.dispose();
  return read;
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
