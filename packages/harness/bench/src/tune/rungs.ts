/** One stage of a search: so many trials, each trained for a share of a whole run's updates. */
export interface Rung {
  readonly trials: number;
  readonly share: number;
}

/** How a suite searches. */
export interface SearchPlan {
  readonly trials: number;
  readonly search: "halving" | "grid";
}

/**
 * The rungs of a search. Successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943): each rung keeps the better half of the
 * one before and trains it anew for twice as many updates, until two are left; the rung of the one that is left would be a whole
 * run and decide nothing, so it is left out. Of 8 trials this costs three whole runs.
 */
export function rungsOf({ trials, search }: SearchPlan): Rung[] {
  const counts: number[] = [];
  for (let left = trials; left > 1; left = Math.ceil(left / 2)) counts.push(left);
  if (search === "grid" || counts.length === 0) return [{ trials, share: 1 }];
  return counts.map((count, index) => ({ trials: count, share: 2 ** (index - counts.length) }));
}
