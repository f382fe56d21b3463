import { ignoredLabel, type Random, type Tensor, tf, withByteCategory } from "@petl/tensor";
import type { TokenizedExample } from "./task-data.js";

/** What the backbone is run on for one example, as token ids. */
export interface BackboneRow {
  readonly source: readonly number[];
  /** The start token, then what is known of the target. */
  readonly decoderInput: readonly number[];
}

/** Token ids of some rows, padded to common lengths. */
export interface PaddedRows {
  /** int32 (batch, source tokens) */
  readonly sources: Tensor;
  /** float32 (batch, source tokens): 1 for a real token. */
  readonly mask: Tensor;
  /** int32 (batch, target tokens) */
  readonly decoderInputs: Tensor;
}

/** A batch of examples: the decoder reads the start token, then the target without its last. */
export interface Batch extends PaddedRows {
  /** int32 (batch * target tokens): the target, -100 where padded. */
  readonly labels: Tensor;
  readonly tokens: number;
  readonly paddedTokens: number;
}

/** Batches whose lengths are similar are drawn from windows of this many. */
const windowBatches = 32;

/**
 * The order in which an epoch sees its examples, as batches of indices: a pure function of the random stream.
 *
 * With bucketing, a shuffled epoch is cut into windows of 32 batches, each sorted by length and cut into batches, and the
 * batches shuffled again: neighbours in a batch have similar lengths, the composition still changes every epoch.
 */
export function epochBatches(
  examples: readonly TokenizedExample[],
  batchSize: number,
  bucketing: boolean,
  random: Random,
): number[][] {
  const order = [...random.permutation(examples.length)];
  if (!bucketing) return chunks(order, batchSize);
  const batches = chunks(order, batchSize * windowBatches).flatMap((window) =>
    chunks(byLength(window, examples), batchSize),
  );
  return [...random.permutation(batches.length)].map((index) => batches[index]!);
}

/** Batches for evaluation: every example once, sorted by length; results are put back by index. */
export function evaluationBatches(examples: readonly TokenizedExample[], batchSize: number): number[][] {
  return chunks(byLength([...examples.keys()], examples), batchSize);
}

function byLength(indices: number[], examples: readonly TokenizedExample[]): number[] {
  const length = (index: number): number => examples[index]!.source.length;
  return [...indices].sort((a, b) => length(a) - length(b) || a - b);
}

function chunks(indices: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(indices.length / size) }, (_, chunk) =>
    indices.slice(chunk * size, (chunk + 1) * size),
  );
}

/** What a training step runs the backbone on: the target is known up to its last token. */
export function trainingRow({ source, target }: TokenizedExample, startId: number): BackboneRow {
  return { source, decoderInput: [startId, ...target.slice(0, -1)] };
}

/** Pads rows to the longest source and decoder input among them and makes tensors of them. The caller disposes them. */
export function padRows(rows: readonly BackboneRow[], padId: number): PaddedRows {
  const sourceTokens = Math.max(...rows.map(({ source }) => source.length));
  const targetTokens = Math.max(...rows.map(({ decoderInput }) => decoderInput.length));
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

/** Pads examples to the longest source and target among them and makes tensors of them. The caller disposes the batch. */
export function makeBatch(examples: readonly TokenizedExample[], padId: number, startId: number): Batch {
  const padded = padRows(
    examples.map((example) => trainingRow(example, startId)),
    padId,
  );
  const [rows, targetTokens] = padded.decoderInputs.shape as [number, number];
  const labels = new Int32Array(rows * targetTokens).fill(ignoredLabel);
  let tokens = 0;
  for (const [row, { source, target }] of examples.entries()) {
    labels.set(target, row * targetTokens);
    tokens += source.length + target.length;
  }
  return {
    ...padded,
    labels: withByteCategory("inputs", () => tf.tensor(labels, [rows * targetTokens], "int32")),
    tokens,
    paddedTokens: rows * (padded.sources.shape[1]! + targetTokens),
  };
}

export function disposeBatch({ sources, mask, decoderInputs, labels }: Batch): void {
  tf.dispose([sources, mask, decoderInputs, labels]);
}
