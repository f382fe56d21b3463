import type { Reference, Task } from "@petl/task";
import type { Answer } from "./predict.js";

/**
 * Mean loss of answers beside the right ones: nats of the right class among all classes, or squared error of a head's score. Null where
 * answers were not scored one by one, as where a text was written.
 *
 * @param kind what the task asks for
 */
export function answerLoss(
  kind: Task["target"]["kind"],
  answers: readonly Answer[],
  references: readonly Reference[],
): number | null {
  const losses = answers.map(({ scores }, at) => lossOf(kind, scores, references[at]));
  const known = losses.filter((loss) => loss !== null);
  return known.length === 0 || known.length < losses.length
    ? null
    : known.reduce((sum, loss) => sum + loss, 0) / known.length;
}

function lossOf(
  kind: Task["target"]["kind"],
  scores: readonly number[] | null,
  reference: Reference | undefined,
): number | null {
  if (scores === null || typeof reference !== "number") return null;
  if (kind === "score") return scores.length === 1 ? (scores[0]! - reference) ** 2 : null;
  const most = Math.max(...scores);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - most), 0);
  return most + Math.log(total) - scores[reference]!;
}
