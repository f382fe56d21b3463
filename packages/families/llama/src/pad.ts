import { type Inputs, longest, maskOf, padded, type Row } from "@petl/backbone";
import { type Tensor, tf, withByteCategory } from "@petl/tensor";
import type { LlamaConfig } from "./config.js";

/** What a Llama reads. */
export interface LlamaTensors {
  /** int32 (rows, tokens): source, known answer, padding. */
  readonly ids: Tensor;
  /** float32 (rows, tokens): 1 for a real token. */
  readonly mask: Tensor;
  /** int32 (rows, positions): the tokens after which a row is read out, from the last of its source to the last of its answer. */
  readonly readAt: Tensor;
  /** float32 (rows, positions): 1 for a position of the row, 0 where its last one stands once more. */
  readonly readMask: Tensor;
}

/** A row that this model cannot read. */
export class RowError extends Error {
  override readonly name = "RowError";
  readonly code = "E_ROW";
}

/**
 * Pads rows to the longest source and answer together among them and makes tensors of them.
 * @throws RowError for an empty source, and for a row that is longer than the model's sliding window
 */
export function padRows(
  rows: readonly Row[],
  { padId, slidingWindow, modelType }: Pick<LlamaConfig, "padId" | "slidingWindow" | "modelType">,
): Inputs {
  const lists = rows.map(({ source, answer }) => [...source, ...answer]);
  const { ids, tokens } = padded(lists, padId);
  if (rows.some(({ source }) => source.length === 0))
    throw new RowError(`${modelType}: expected a source of at least one token, got an empty one; give it a text`);
  if (slidingWindow !== null && tokens > slidingWindow)
    throw new RowError(
      `${modelType}: expected rows of at most ${slidingWindow} tokens (sliding_window, beyond which attention is not supported), got ${tokens}; lower --max-length`,
    );
  const positions = longest(rows.map(({ answer }) => answer)) + 1;
  const readAt = new Int32Array(rows.length * positions);
  const readMask = new Float32Array(rows.length * positions);
  for (const [row, { source, answer }] of rows.entries()) {
    readMask.fill(1, row * positions, row * positions + answer.length + 1);
    for (let position = 0; position < positions; position++)
      readAt[row * positions + position] = source.length - 1 + Math.min(position, answer.length);
  }
  return withByteCategory("inputs", () => ({
    tensors: {
      ids: tf.tensor(ids, [rows.length, tokens], "int32"),
      mask: tf.tensor(maskOf(lists, tokens), [rows.length, tokens], "float32"),
      readAt: tf.tensor(readAt, [rows.length, positions], "int32"),
      readMask: tf.tensor(readMask, [rows.length, positions], "float32"),
    } satisfies Record<keyof LlamaTensors, Tensor>,
    shape: [rows.length, longest(rows.map(({ source }) => source)), positions],
    paddedTokens: rows.length * tokens,
  }));
}
