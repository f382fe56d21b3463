import { type Inputs, maskOf, padded, type Row } from "@petl/backbone";
import { type Tensor, tf, withByteCategory } from "@petl/tensor";
import type { BertConfig } from "./config.js";

/** What an encoder reads. */
export interface BertTensors {
  /** int32 (rows, tokens) */
  readonly ids: Tensor;
  /** float32 (rows, tokens): 1 for a real token. */
  readonly mask: Tensor;
  /** int32 (rows, tokens): token types, where the model tells several apart. */
  readonly segments?: Tensor;
}

/**
 * Pads rows to the longest among them and makes tensors of them. A row without `segments` is all of type 0.
 * @throws Error for a row with an answer: an encoder reads none
 */
export function padRows(rows: readonly Row[], { padId, tokenTypes }: Pick<BertConfig, "padId" | "tokenTypes">): Inputs {
  const answered = rows.find(({ answer }) => answer.length > 0);
  if (answered !== undefined)
    throw new Error(`encoder: expected rows without an answer, got one of ${answered.answer.length} tokens`);
  const lists = rows.map(({ source }) => source);
  const { ids, tokens } = padded(lists, padId);
  const types = rows.map(({ source, segments }) => segments ?? source.map(() => 0));
  const shape: [number, number] = [rows.length, tokens];
  return withByteCategory("inputs", () => ({
    tensors: {
      ids: tf.tensor(ids, shape, "int32"),
      mask: tf.tensor(maskOf(lists, tokens), shape, "float32"),
      ...(tokenTypes > 1 && { segments: tf.tensor(padded(types, 0).ids, shape, "int32") }),
    } satisfies BertTensors,
    shape: [rows.length, tokens, 1],
    paddedTokens: rows.length * tokens,
  }));
}
