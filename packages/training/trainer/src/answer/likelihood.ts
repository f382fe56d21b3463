import { NotFiniteError, type Origin } from "@petl/backbone";
import { type Tensor, tf } from "@petl/tensor";
import type { LogitsAfter } from "./logits-after.js";

/** Answers that are alike up to their last token. */
interface Group {
  readonly known: readonly number[];
  readonly last: readonly number[];
  /** Indices of the answers. */
  readonly labels: readonly number[];
}

/**
 * Summed log-probabilities, in nats, of each answer to each of `rows` examples: rows of one value for each answer.
 *
 * Answers that differ in their last token alone are scored together, so that those of one token cost one reading of the source.
 * @throws NotFiniteError, naming the origin's place, where one is NaN or infinite
 */
export async function likelihoods(
  answers: readonly (readonly number[])[],
  rows: number,
  after: LogitsAfter,
  { place, remedy }: Origin,
): Promise<number[][]> {
  const scores = Array.from({ length: rows }, () => new Array<number>(answers.length).fill(0));
  for (const { known, last, labels } of groupsOf(answers)) {
    const everyRow = new Array<readonly number[]>(rows).fill(known);
    const values = await after.read(everyRow, labels.length, (logits) => logProbabilities(logits, known, last));
    for (const [row, ofRow] of scores.entries())
      for (const [index, label] of labels.entries()) {
        const score = values[row * labels.length + index]!;
        if (!Number.isFinite(score)) throw new NotFiniteError(place, "log-probabilities of the answers", score, remedy);
        ofRow[label] = score;
      }
  }
  return scores;
}

function groupsOf(answers: readonly (readonly number[])[]): Group[] {
  const groups = new Map<string, { known: number[]; last: number[]; labels: number[] }>();
  for (const [label, ids] of answers.entries()) {
    const known = ids.slice(0, -1);
    const key = known.join();
    const group = groups.get(key) ?? { known, last: [], labels: [] };
    group.last.push(ids.at(-1)!);
    group.labels.push(label);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** `logits` (rows, positions, vocabulary) -> log-probability of `known` and each of `last` behind it, (rows, answers). */
function logProbabilities(logits: Tensor, known: readonly number[], last: readonly number[]): Tensor {
  const [rows, , vocabulary] = logits.shape as [number, number, number];
  const at = (position: number, ids: readonly number[]): Tensor => {
    const row = tf.reshape(tf.slice(logits, [0, position, 0], [rows, 1, vocabulary]), [rows, vocabulary]);
    return tf.sub(tf.gather(row, tf.tensor1d([...ids], "int32"), 1), tf.logSumExp(row, 1, true)); // (rows, ids)
  };
  return known.reduce<Tensor>((sum, id, position) => tf.add(sum, at(position, [id])), at(known.length, last));
}
