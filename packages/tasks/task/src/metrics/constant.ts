import type { ScoredTask } from "../task.js";
import { type Evaluation, scoreTask } from "./score.js";

/** The answer that scores best where every example gets the same, and its score, 0 to 100. */
export interface ConstantScore {
  readonly answer: string;
  readonly score: number;
}

/** What a model must beat: the best score of one answer to every example. Of scores, any: a constant correlates with nothing. */
export function bestConstant(
  task: ScoredTask,
  evaluations: readonly Pick<Evaluation, "name" | "references" | "groups">[],
): ConstantScore {
  const { target } = task;
  const scoreOf = (value: number | string): number =>
    scoreTask(
      task,
      evaluations.map((each) => ({ ...each, predictions: each.references.map(() => value) })),
    ).score;
  if (target.kind === "text") return { answer: "no text", score: scoreOf("") };
  if (target.kind === "score") return { answer: "any number", score: scoreOf(target.minimum) };
  return target.labels
    .map(({ word }, index): ConstantScore => ({ answer: word, score: scoreOf(index) }))
    .reduce((best, each) => (each.score > best.score ? each : best));
}
