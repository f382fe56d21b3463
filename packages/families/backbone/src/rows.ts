import { type Tensor, tf, withByteCategory } from "@petl/tensor";

/** Token ids of one example, as the backbone reads them. */
export interface BackboneRow {
  readonly source: readonly number[];
  /** The start token, then the known part of the target. */
  readonly decoderInput: readonly number[];
}

/** Token ids of several rows, padded to common lengths. */
export interface PaddedRows {
  /** int32 (batch, source tokens) */
  readonly sources: Tensor;
  /** float32 (batch, source tokens): 1 for a real token. */
  readonly mask: Tensor;
  /** int32 (batch, target tokens) */
  readonly decoderInputs: Tensor;
}

/** Pads rows to the longest source and decoder input among them and makes tensors of them. The caller disposes them. */
export function padRows(rows: readonly BackboneRow[], padId: number): PaddedRows {
  const sourceTokens = longest(rows.map(({ source }) => source));
  const targetTokens = longest(rows.map(({ decoderInput }) => decoderInput));
  const sources = new Int32Array(rows.length * sourceTokens).fill(padId);
  const mask = new Float32Array(rows.length * sourceTokens);
  const decoderInputs = new Int32Array(rows.length * targetTokens).fill(padId);
  for (const [row, { source, decoderInput }] of rows.entries()) {
    sources.set(source, row * sourceTokens);
    mask.fill(1, row * sourceTokens, row * sourceTokens + source.length);
    decoderInputs.set(decoderInput, row * targetTokens);
  }
  return withByteCategory("inputs", () => ({
    sources: tf.tensor(sources, [rows.length, sourceTokens], "int32"),
    mask: tf.tensor(mask, [rows.length, sourceTokens], "float32"),
    decoderInputs: tf.tensor(decoderInputs, [rows.length, targetTokens], "int32"),
  }));
}

/** The length of the longest list; a batch may have more rows than a call takes arguments. */
function longest(lists: readonly (readonly number[])[]): number {
  return lists.reduce((most, { length }) => Math.max(most, length), 0);
}
