import type { Figure } from "./figure.js";

/** What it took to first reach a share of the reference's score, on the examples that choose the best evaluation. */
export interface TaskReach {
  readonly task: string;
  readonly label: string;
  /** 0 to 1, of the reference's best evaluation, which is a mean over seeds. */
  readonly share: number;
  readonly target: number;
  /** What a reader must know of the target; null where there is nothing. */
  readonly note: string | null;
  readonly rows: readonly ReachRow[];
}

/** Means over seeds, of training alone; each is null where a seed did not reach it or has no such figure. */
export interface ReachRow {
  readonly variant: string;
  readonly updates: Figure;
  readonly timeS: Figure;
  readonly energyJ: Figure;
}
