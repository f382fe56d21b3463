import { type RunRecord, reportedScore } from "@petl/results";

/** The reported score and what it was scored on. */
export interface Scored {
  /** 0 to 100. */
  readonly score: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
  readonly split: string;
  readonly examples: number;
  /** Whether the examples also chose the model: its score is then too high. */
  readonly hasChosen: boolean;
}

/** The score that a run is compared by; null where it has none. */
export function scoredOn(record: RunRecord): Scored | null {
  const reported = reportedScore(record);
  if (reported === null || record.scores === null) return null;
  const { test, evaluations, best } = record.scores;
  const made = test ?? evaluations.find(({ step }) => step === best.step);
  if (made === undefined) return null;
  const { score, metrics, interval } = reported;
  return { score, metrics, interval, split: made.split, examples: made.examples, hasChosen: test === null };
}
