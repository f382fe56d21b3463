import type { RunRecord, ScoreInterval, ScorePoint } from "./schema.js";

/** The score that a run is compared by: on test where it has one, else of its best evaluation; null where it has none. */
export function reportedScore({
  scores,
}: Pick<RunRecord, "scores">): (ScorePoint & { readonly interval: ScoreInterval | null }) | null {
  return scores === null ? null : (scores.test ?? scores.best);
}
