import type { SplitAnswers } from "@petl/results";
import type { ScoredTask } from "@petl/task";
import { classScorer } from "./class-scorer.js";
import { correlationScorer } from "./correlation-scorer.js";
import { groupedScorer } from "./grouped-scorer.js";
import type { Scorer } from "./scorer.js";
import { splitTextScorer, type Texts, type Written } from "./split-text-scorer.js";

/** The scorer of one split: `runs` have the same examples in the same order; at least one of both. */
export function splitScorer(task: ScoredTask, runs: readonly SplitAnswers[]): Scorer {
  const { references, groups } = runs[0]!;
  const predictions = runs.map((run) => run.predictions);
  if (groups === undefined) return exampleScorer(task, references, predictions);
  return groupedScorer(task, { groups, references, predictions }, (inner) =>
    exampleScorer(inner, references, predictions),
  );
}

function exampleScorer(
  task: ScoredTask,
  references: SplitAnswers["references"],
  predictions: readonly SplitAnswers["predictions"][],
): Scorer {
  if (task.target.kind === "text") return splitTextScorer(task.metrics, references as Texts, predictions as Written);
  const numbers = references as readonly number[];
  const answers = predictions as readonly (readonly (number | null)[])[];
  return task.target.kind === "class"
    ? classScorer(task.metrics, numbers, answers)
    : correlationScorer(task.metrics, numbers, answers, task.target.minimum - 1);
}
