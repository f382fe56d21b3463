import type { RunRecord, SplitAnswers } from "@petl/results";
import { isSame, isSameGrouping } from "../statistics/check-paired.js";
import type { ArmAnswers, TaskAnswers } from "../statistics/comparison.js";
import { scoredTaskOf } from "./scored-task.js";
import type { VariantRecords } from "./variants.js";

/** The answers of the completed runs on a task by variant, or why they cannot be compared. */
export type FoundAnswers = { readonly answers: TaskAnswers } | { readonly reason: string };

/** What every variant that has a score on a task answered there: all of them on the same examples, or nothing is compared. */
export function taskAnswers(task: string, variants: readonly VariantRecords[]): FoundAnswers {
  const scored = variants
    .map(({ variant, records }) => ({ variant, runs: records.filter((record) => isScored(record, task)) }))
    .filter(({ runs }) => runs.length > 0);
  const runs = scored.flatMap((each) => each.runs);
  if (runs.some(({ answers }) => answers.length === 0))
    return { reason: "some runs were made before their answers were kept" };
  const scoredTask = runs.map(scoredTaskOf).find((each) => each !== null);
  if (scoredTask == null) return { reason: "the metrics of the task are not known" };
  const [first, ...others] = runs.map(({ answers }) => answers);
  if (first !== undefined && others.some((other) => !areSameExamples(first, other)))
    return { reason: "the runs were not scored on the same examples" };
  const arms = scored.map(
    (each): ArmAnswers => ({ arm: each.variant.id, seeds: each.runs.map(({ answers }) => answers) }),
  );
  return { answers: { task: scoredTask, arms } };
}

function isScored({ status, run, scores }: RunRecord, task: string): boolean {
  return status === "completed" && run.task === task && scores !== null;
}

function areSameExamples(one: readonly SplitAnswers[], other: readonly SplitAnswers[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ split, references, groups }, index) => {
      const twin = other[index]!;
      return (
        twin.split === split &&
        twin.references.length === references.length &&
        references.every((reference, row) => isSame(reference, twin.references[row]!)) &&
        isSameGrouping(groups, twin.groups)
      );
    })
  );
}
