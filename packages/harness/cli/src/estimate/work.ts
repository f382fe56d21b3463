/** What one run will do, as far as its settings tell before it starts. */
export interface RunWork {
  /** Its place in the plan. */
  readonly slot: string;
  readonly method: string;
  readonly task: string;
  /** Updates. */
  readonly steps: number;
  /** Updates in a pass over the training examples. */
  readonly stepsPerEpoch: number;
  /** Updates between evaluations. */
  readonly evalEvery: number;
  /** Examples of one evaluation, over all of the task's splits. */
  readonly evalExamples: number;
  /** Examples that are scored once, at the end. */
  readonly testExamples: number;
  readonly batchSize: number;
  /** Whether a run may stop before its last update, where scores no longer rise. */
  readonly mayStopEarly: boolean;
}

/** How many evaluations are due up to an update; the last update is always followed by one. */
export function evaluationsUpTo(step: number, { steps, evalEvery }: Pick<RunWork, "steps" | "evalEvery">): number {
  return Math.floor(step / evalEvery) + (step === steps && steps % evalEvery !== 0 ? 1 : 0);
}
