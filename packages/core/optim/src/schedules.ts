/** Factor of the learning rate at update `step` (1 for the first). */
export type Schedule = (step: number) => number;

/** Names of the schedules. */
export const scheduleNames = ["linear", "constant", "cosine", "inverse-sqrt"] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/**
 * Linear warm-up from 0 over `warmupSteps`, then one of: `linear` to 0 at `totalSteps`, `constant`, `cosine` to 0 at
 * `totalSteps`, or `inverse-sqrt` in the steps since warm-up began.
 *
 * As in Hugging Face's `get_linear_schedule_with_warmup`, update 1 uses the factor of step 0 (which is 0 with warm-up).
 */
export function schedule(name: ScheduleName, warmupSteps: number, totalSteps: number): Schedule {
  return (step) => {
    const done = step - 1;
    if (done < warmupSteps) return done / warmupSteps;
    const left = Math.max(0, totalSteps - done) / Math.max(1, totalSteps - warmupSteps);
    switch (name) {
      case "linear":
        return left;
      case "constant":
        return 1;
      case "cosine":
        return 0.5 * (1 + Math.cos(Math.PI * (1 - left)));
      case "inverse-sqrt":
        return Math.sqrt(Math.max(1, warmupSteps) / Math.max(1, done));
    }
  };
}
