import type { BackboneModel, Row } from "@petl/backbone";
import type { TensorSource } from "@petl/checkpoint";
import { ignoredLabel, tf } from "@petl/tensor";
import type { Batch } from "@petl/trainer";

/**
 * The batch that a reference was computed for, from its inputs by the names that transformers gives them. Where the model writes on after
 * its source, the labels say where the source ends.
 */
export function referenceBatch(stored: TensorSource, backbone: BackboneModel): Batch {
  const has = (name: string): boolean => stored.names().includes(name);
  const rowsOf = (name: string): number[][] => {
    const [rows, columns] = stored.info(name).shape as [number, number];
    const values = Array.from(stored.readIntegers(name), Number);
    return Array.from({ length: rows }, (_, row) => values.slice(row * columns, (row + 1) * columns));
  };
  const lengths = rowsOf("attention_mask").map((mask) => mask.filter(Boolean).length);
  const sources = rowsOf("input_ids").map((ids, row) => ids.slice(0, lengths[row]));
  if (backbone.headTask !== null) {
    const segments = has("token_type_ids") ? rowsOf("token_type_ids") : null;
    const rows = sources.map((source, row) => ({
      source,
      ...(segments !== null && { segments: segments[row]!.slice(0, source.length) }),
      answer: [],
    }));
    const isScore = backbone.headTask.kind === "score";
    const labels = isScore
      ? tf.tensor1d(stored.read("labels"))
      : tf.tensor1d(Array.from(stored.readIntegers("labels"), Number), "int32");
    return batchOf(rows, labels, backbone);
  }
  const labels = rowsOf("labels");
  if (has("decoder_input_ids")) {
    const answers = rowsOf("decoder_input_ids").map((ids) => ids.slice(1)); // the first is the start token
    return batchOf(
      sources.map((source, row) => ({ source, answer: answers[row]! })),
      integers(labels),
      backbone,
    );
  }
  const targets = labels.map((row) => row.filter((label) => label !== ignoredLabel));
  const longest = Math.max(...targets.map(({ length }) => length));
  const rows = sources.map((ids, row) => ({
    source: ids.slice(0, ids.length - targets[row]!.length),
    answer: targets[row]!.slice(0, -1),
  }));
  const paddedTargets = targets.map((target) => [...target, ...Array(longest - target.length).fill(ignoredLabel)]);
  return batchOf(rows, integers(paddedTargets), backbone);
}

const integers = (rows: readonly (readonly number[])[]) => tf.tensor1d(rows.flat(), "int32");

function batchOf(rows: readonly Row[], labels: Batch["labels"], backbone: BackboneModel): Batch {
  return { inputs: backbone.pad(rows), labels, tokens: 0 };
}
