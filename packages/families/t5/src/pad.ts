import { type Inputs, maskOf, padded, type Row } from "@petl/backbone";
import { type Tensor, tf, withByteCategory } from "@petl/tensor";
import type { T5Config } from "./config.js";

/** What a T5 reads. */
export interface T5Tensors {
  /** int32 (rows, source tokens) */
  readonly sources: Tensor;
  /** float32 (rows, source tokens): 1 for a real token. */
  readonly mask: Tensor;
  /** int32 (rows, positions): the start token, then the known answer. */
  readonly decoderInputs: Tensor;
}

/** Pads rows to the longest source and answer among them and makes tensors of them. */
export function padRows(rows: readonly Row[], config: Pick<T5Config, "padId" | "decoderStartId">): Inputs {
  const lists = rows.map(({ source }) => source);
  const sources = padded(lists, config.padId);
  const mask = maskOf(lists, sources.tokens);
  const answers = decoderInputs(
    rows.map(({ answer }) => answer),
    config,
  );
  return withByteCategory("inputs", () => ({
    tensors: {
      sources: tf.tensor(sources.ids, [rows.length, sources.tokens], "int32"),
      mask: tf.tensor(mask, [rows.length, sources.tokens], "float32"),
      decoderInputs: tf.tensor(answers.ids, [rows.length, answers.tokens], "int32"),
    } satisfies Record<keyof T5Tensors, Tensor>,
    shape: [rows.length, sources.tokens, answers.tokens],
    paddedTokens: rows.length * (sources.tokens + answers.tokens),
  }));
}

/** Ids of the decoder's input for known answers: (rows, longest + 1), row-major. */
export function decoderInputs(
  answers: readonly (readonly number[])[],
  { padId, decoderStartId }: Pick<T5Config, "padId" | "decoderStartId">,
) {
  return padded(
    answers.map((answer) => [decoderStartId, ...answer]),
    padId,
  );
}
