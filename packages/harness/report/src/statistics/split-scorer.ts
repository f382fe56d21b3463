import type { SplitAnswers } from "@petl/results";
import type { ScoredTask } from "@petl/task";
import { classScorer } from "./class-scorer.js";
import { correlationScorer } from "./correlation-scorer.js";
import type { Scorer } from "./scorer.js";

/** The scorer of one split: `runs` have the same examples in the same order; at least one of both. */
export function splitScorer(task: ScoredTask, runs: readonly SplitAnswers[]): Scorer {
  const references = runs[0]!.references;
  const predictions = runs.map((run) => run.predictions);
  return task.target.kind === "class"
    ? classScorer(task.metrics, references, predictions)
    : correlationScorer(task.metrics, references, predictions);
}
