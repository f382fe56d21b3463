import { type BackboneRow, type PaddedRows, padRows } from "@petl/backbone";
import { ignoredLabel, type Random, type Tensor, tf, withByteCategory } from "@petl/tensor";
import type { TokenizedExample } from "./task-data.js";

/** A batch of examples: the decoder reads the start token, then the target without its last token. */
export interface Batch extends PaddedRows {
  /** int32 (batch * target tokens): the target, -100 where padded. */
  readonly labels: Tensor;
  readonly tokens: number;
  readonly paddedTokens: number;
}

/** Batches in a window within which examples are sorted by length. */
const windowBatches = 32;

/**
 * Batches of example indices in the order in which an epoch sees them: a pure function of the random stream.
 *
 * With bucketing, a shuffled epoch is cut into windows of 32 batches; each window is sorted by length and cut into batches, and
 * the batches are shuffled again. A batch then holds examples of similar lengths, and its composition changes every epoch.
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

/** Splits the batch of an update into at most `count` micro-batches of `ceil(batch / count)` examples, in order. */
export function microBatches<Item>(batch: readonly Item[], count: number): Item[][] {
  return chunks(batch, Math.ceil(batch.length / count));
}

/** Batches of example indices for evaluation: every example once, sorted by length. */
export function evaluationBatches(examples: readonly TokenizedExample[], batchSize: number): number[][] {
  return chunks(byLength([...examples.keys()], examples), batchSize);
}

function byLength(indices: number[], examples: readonly TokenizedExample[]): number[] {
  const length = (index: number): number => examples[index]!.source.length;
  return [...indices].sort((a, b) => length(a) - length(b) || a - b);
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) =>
    items.slice(chunk * size, (chunk + 1) * size),
  );
}

/** What the backbone reads of an example in training: its target is known up to the last token. */
export function trainingRow({ source, target }: TokenizedExample, startId: number): BackboneRow {
  return { source, decoderInput: [startId, ...target.slice(0, -1)] };
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
