const mostSeeds = 5;
const mostLines = 60;

/** Seeds of each of so many variants that curves show: beyond this, more lines of one colour, or in all, tell a reader nothing new. */
export function shownSeeds(variants: number): number {
  return Math.max(1, Math.min(mostSeeds, Math.floor(mostLines / variants)));
}
