import type { Tensor } from "@petl/tensor";

/** Token ids of one example, as a backbone reads them. */
export interface Row {
  /** What is given: a source text, one or two sentences, or a prompt. */
  readonly source: readonly number[];
  /** Token types of `source` where the family has them, such as 0 for the first sentence and 1 for the second. */
  readonly segments?: readonly number[];
  /** The known part of the answer: all of it but its last token in training, what was written so far in decoding. */
  readonly answer: readonly number[];
}

/** Rows as tensors, padded to common lengths by the family that reads them. The caller disposes them. */
export interface Inputs {
  /** Only the family's own model knows their names. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Rows, tokens of the longest source, and positions that are read out: one more than the tokens of the longest known answer. */
  readonly shape: readonly [rows: number, sourceTokens: number, positions: number];
  /** Tokens that the backbone computes on, padding included. */
  readonly paddedTokens: number;
}

/** Positions at which a row is read out: after its source, and after each token of its known answer. */
export const positionsOf = ({ answer }: Pick<Row, "answer">): number => answer.length + 1;

/** Lists of ids, padded to the longest with `padId`: (rows, longest), row-major. */
export function padded(
  lists: readonly (readonly number[])[],
  padId: number,
): { readonly ids: Int32Array; readonly tokens: number } {
  const tokens = longest(lists);
  const ids = new Int32Array(lists.length * tokens).fill(padId);
  for (const [row, list] of lists.entries()) ids.set(list, row * tokens);
  return { ids, tokens };
}

/** 1 for each token of a list and 0 behind it: (rows, `tokens`), row-major. */
export function maskOf(lists: readonly (readonly number[])[], tokens: number): Float32Array {
  const mask = new Float32Array(lists.length * tokens);
  for (const [row, { length }] of lists.entries()) mask.fill(1, row * tokens, row * tokens + length);
  return mask;
}

/** The length of the longest list; a batch may have more rows than a call takes arguments. */
export function longest(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((most, { length }) => Math.max(most, length), 0);
}
