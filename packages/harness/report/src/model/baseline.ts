import type { Interval } from "../statistics/statistics.js";

/** What no training scores: a score that is not above it shows nothing. */
export interface Baseline {
  readonly kind: "constant" | "untouched";
  readonly label: string;
  /** Of the tasks on which it is known. */
  readonly scores: readonly BaselineScore[];
  /** Why it is known on no task; null where it is on some. */
  readonly absent: string | null;
}

export interface BaselineScore {
  readonly task: string;
  /** 0 to 100. */
  readonly score: number;
  /** 95 % bootstrap interval over the examples; null for a constant. */
  readonly interval: Interval | null;
  /** The answer that is given to every example; null where each has its own. */
  readonly answer: string | null;
}

/** Its score on a task; null where it is not known. */
export function baselineScore({ scores }: Baseline, task: string): number | null {
  return scores.find((each) => each.task === task)?.score ?? null;
}

/** The mean of its scores over tasks; null where one of them is not known. */
export function baselineMean(baseline: Baseline, tasks: readonly string[]): number | null {
  const scores = tasks.map((task) => baselineScore(baseline, task)).filter((score) => score !== null);
  if (scores.length < tasks.length || scores.length === 0) return null;
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
