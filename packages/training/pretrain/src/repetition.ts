import type { T5 } from "@petl/family-t5";
import { type Random, tf } from "@petl/tensor";
import { orthonormal } from "./cooccurrence.js";
import { editParameter } from "./parameters.js";

/** Score of a token for another of the same kind, per head. */
const sameness = 10;
/** Relative bias that keeps a token from finding itself. */
const notItself = -20;
/** What a token receives of the one it found, in units of its own content. */
const received = 0.5;
/** What the detector says of a token that stands twice, about. */
const verdict = 2;

/** Channels of the residual stream that are kept free of the embeddings. */
export interface Reserved {
  /** Heads of self-attention that look for another token of the same kind; 0: the model is too small for it. */
  readonly heads: readonly number[];
  /** Channel that says whether a token stands elsewhere in the text too. */
  readonly repeated: number;
  /** First of `headWidth` channels with a projection of what was found. */
  readonly found: number;
  /** First channel of the embeddings' content. */
  readonly content: number;
}

/** The layout of a model whose first `localHeads` heads look at neighbours; the first channel is a constant. */
export function reservedChannels({ config }: T5, localHeads: number): Reserved {
  const { heads, headWidth, modelWidth, activation, feedForwardWidth } = config;
  const content = 2 + headWidth;
  const fits = activation === "gated-gelu" && 2 * content <= modelWidth && 2 * headWidth <= feedForwardWidth;
  const free = fits ? Array.from({ length: Math.max(0, heads - localHeads) }, (_, index) => localHeads + index) : [];
  return free.length === 0
    ? { heads: free, repeated: 0, found: 0, content: 1 }
    : { heads: free, repeated: 1, found: 2, content };
}

/**
 * Lets a fresh encoder see repetition, in place: the free heads of the first layer look for another token with the same content and
 * bring a projection of it; the feed-forward network beside it multiplies that with the token's own, unit by unit, and sums:
 * `gelu(a) b - gelu(-a) b = a b`, so a gated unit and its mirror are an exact product. One channel then says of every token
 * whether the text has it, or something near it, twice: what one needs to compare two sentences, and what takes training by
 * gradients longest to find (Olsson et al. 2022, "In-context learning and induction heads", https://arxiv.org/abs/2209.11895).
 */
export function seeRepetition(model: T5, { heads, repeated, found, content }: Reserved, random: Random): void {
  if (heads.length === 0) return;
  const { modelWidth, headWidth, encoderLayers, feedForwardWidth } = model.config;
  const width = modelWidth - content;
  const seen = projection(random.fork("seen"), headWidth, width);
  const name = "encoder.0.attention";
  for (const head of heads) {
    const look = projection(random.fork(head), headWidth, width);
    const scale = Math.sqrt(sameness / headWidth); // |look x|^2 is about headWidth for content of unit mean square
    for (let unit = 0; unit < headWidth; unit++) {
      const row = head * headWidth + unit;
      for (const side of ["query", "key"]) setRow(model, `${name}.${side}.weight`, row, content, look[unit]!, scale);
      setRow(model, `${name}.value.weight`, row, content, seen[unit]!, 1);
    }
  }
  editParameter(model, `${name}.output.weight`, (weight, columns) => {
    for (const head of heads)
      for (let column = head * headWidth; column < (head + 1) * headWidth; column++)
        for (let row = 0; row < modelWidth; row++)
          weight[row * columns + column] = row === found + column - head * headWidth ? received / heads.length : 0;
    for (let row = found; row < found + headWidth; row++)
      for (let column = 0; column < columns; column++)
        if (!heads.includes(Math.floor(column / headWidth))) weight[row * columns + column] = 0;
  });
  for (const [unit, own] of seen.entries()) {
    for (const [at, sign] of [1, -1].entries()) {
      setRow(model, "encoder.0.feedforward.gate.weight", 2 * unit + at, content, own, sign);
      setRow(model, "encoder.0.feedforward.input.weight", 2 * unit + at, found + unit, [1], sign);
    }
  }
  for (let layer = 0; layer < encoderLayers; layer++)
    for (const part of ["attention", "feedforward"])
      editParameter(model, `encoder.${layer}.${part}.output.weight`, (weight, columns) =>
        weight.fill(0, repeated * columns, (repeated + 1) * columns),
      );
  editParameter(model, "encoder.0.feedforward.output.weight", (weight) =>
    weight.fill(verdict / headWidth, repeated * feedForwardWidth, repeated * feedForwardWidth + 2 * headWidth),
  );
  editParameter(model, "encoder.relativeBias.weight", (weight) => {
    for (const head of heads) weight[head] = notItself; // bucket 0 is distance 0
  });
}

/** Orthonormal rows, `rows` of width `columns`. */
function projection(random: Random, rows: number, columns: number): number[][] {
  const tall = orthonormal(random.normal([columns, rows]));
  const wide = tf.transpose(tall);
  const values = wide.arraySync() as number[][];
  tf.dispose([tall, wide]);
  return values;
}

/** Makes a row 0 but for `scale * values` from column `from` on. */
function setRow(model: T5, name: string, row: number, from: number, values: readonly number[], scale: number): void {
  editParameter(model, name, (weight, columns) => {
    weight.fill(0, row * columns, (row + 1) * columns);
    for (const [index, value] of values.entries()) weight[row * columns + from + index] = scale * value;
  });
}
