import type { BackboneModel, HeadTask, Inputs, Row } from "@petl/backbone";
import { ignoredLabel, type Random, type Tensor, tf, withByteCategory } from "@petl/tensor";
import type { TokenizedExample } from "./encode/example.js";

/** A batch of examples: what the backbone reads of them, and what it should answer. */
export interface Batch {
  readonly inputs: Inputs;
  /**
   * Where it answers in text, int32 (batch * positions): the target's tokens, -100 where padded. Where a head answers, int32 (batch)
   * classes or float32 (batch) scores.
   */
  readonly labels: Tensor;
  /** Real tokens of sources and targets. */
  readonly tokens: number;
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

/** What the backbone reads of an example in training: its answer is known up to the last token. */
export function trainingRow({ source, segments, target }: TokenizedExample): Row {
  return { source, ...(segments !== undefined && { segments }), answer: target.slice(0, -1) };
}

/** What an example weighs in the loss: its target tokens, or 1 where a head answers. */
export const lossTerms = ({ target, value }: TokenizedExample): number => (value === undefined ? target.length : 1);

/** Makes tensors of examples, padded as the backbone's family does. The caller disposes the batch. */
export function makeBatch(examples: readonly TokenizedExample[], backbone: BackboneModel): Batch {
  const inputs = backbone.pad(examples.map(trainingRow));
  return {
    inputs,
    labels: withByteCategory("inputs", () =>
      backbone.headTask === null ? tokenLabels(examples, inputs) : headLabels(examples, backbone.headTask.kind),
    ),
    tokens: examples.reduce((sum, { source, target }) => sum + source.length + target.length, 0),
  };
}

export function disposeBatch({ inputs, labels }: Batch): void {
  tf.dispose([...Object.values(inputs.tensors), labels]);
}

function tokenLabels(examples: readonly TokenizedExample[], { shape: [rows, , positions] }: Inputs): Tensor {
  const labels = new Int32Array(rows * positions).fill(ignoredLabel);
  for (const [row, { target }] of examples.entries()) labels.set(target, row * positions);
  return tf.tensor(labels, [rows * positions], "int32");
}

function headLabels(examples: readonly TokenizedExample[], kind: HeadTask["kind"]): Tensor {
  const values = examples.map(({ value }) => value!);
  return tf.tensor1d(values, kind === "classes" ? "int32" : "float32");
}
