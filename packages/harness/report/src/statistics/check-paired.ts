import type { SplitAnswers } from "@petl/results";
import type { TaskAnswers } from "./comparison.js";

/** @throws {Error} where an arm has no seed, or not all runs have the same examples (by their references) in the same order. */
export function checkPaired({ task, arms }: TaskAnswers): void {
  const expected = arms[0]!.seeds[0] ?? [];
  for (const { arm, seeds } of arms) {
    const who = `${task.name}, ${arm}`;
    if (seeds.length === 0 || expected.length === 0) throw new Error(`${who}: expected answers of a seed, got none`);
    for (const splits of seeds) {
      const problem = difference(splits, expected);
      if (problem !== null) throw new Error(`${who}: expected the examples of ${arms[0]!.arm}, got ${problem}`);
    }
  }
}

function difference(splits: readonly SplitAnswers[], expected: readonly SplitAnswers[]): string | null {
  const [names, wanted] = [splits, expected].map((each) => each.map(({ split }) => split).join("+"));
  if (names !== wanted) return `those of ${names} and not of ${wanted}`;
  for (const [index, { split, references, predictions, groups }] of splits.entries()) {
    const { length } = expected[index]!.references;
    if (references.length !== length || predictions.length !== length)
      return `${references.length} references and ${predictions.length} predictions of ${split}, not ${length}`;
    const row = references.findIndex((reference, row) => !isSame(reference, expected[index]!.references[row]!));
    if (row >= 0) return `another reference of ${split}'s example ${row + 1}`;
    if (!isSameGrouping(groups, expected[index]!.groups)) return `other groups of ${split}'s examples`;
  }
  return null;
}

/** Whether examples are grouped alike. */
export const isSameGrouping = (one: SplitAnswers["groups"], other: SplitAnswers["groups"]): boolean =>
  one?.join() === other?.join();

type Reference = SplitAnswers["references"][number];

/** Whether two examples ask for the same answer. */
export const isSame = (one: Reference, other: Reference): boolean =>
  typeof one === "number" || typeof other === "number" ? one === other : one.join("\0") === other.join("\0");
