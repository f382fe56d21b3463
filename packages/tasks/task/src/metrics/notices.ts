import { isUndefined } from "@petl/metrics";
import type { Prediction, Reference } from "../load/example.js";
import type { ScoredTask } from "../task.js";
import { valid } from "./compute.js";

/** Something a reader of a score must know, for programs and in a sentence. */
export interface Notice {
  readonly code:
    | "constant-predictions"
    | "invalid-answers"
    | "one-class"
    | "undefined-correlation"
    | "undefined-matthews";
  readonly message: string;
}

/** What is odd about one set of predictions: a metric that is undefined and counts as 0, answers or references that are all alike. */
export function noticesOf(
  task: ScoredTask,
  predictions: readonly Prediction[],
  references: readonly Reference[],
): Notice[] {
  const notices: Notice[] = [];
  const add = (code: Notice["code"], message: string): unknown => notices.push({ code, message });
  const invalid = predictions.filter((prediction) => prediction === undefined).length;
  if (invalid > 0) add("invalid-answers", `${invalid} of ${predictions.length} answers are invalid and count as wrong`);
  const isConstant = isAllTheSame(predictions);
  const isOneClass = isAllTheSame(references);
  if (task.target.kind === "score") {
    const scores = valid(predictions as readonly (number | undefined)[], task);
    if (isUndefined(scores, references as readonly number[]))
      add(
        "undefined-correlation",
        "the correlation is undefined (constant predictions or references, or one pair) and reported as 0",
      );
    return notices;
  }
  if (isConstant) add("constant-predictions", "all predictions are the same");
  if (task.target.kind === "text") return notices;
  if (isOneClass)
    add("one-class", "all examples are of one class, so a constant answer is always right or always wrong");
  if (task.metrics.includes("matthews") && (isConstant || isOneClass))
    add(
      "undefined-matthews",
      "the Matthews correlation is undefined (constant predictions or one class) and reported as 0",
    );
  return notices;
}

const isAllTheSame = (values: readonly unknown[]): boolean => values.every((value) => value === values[0]);
