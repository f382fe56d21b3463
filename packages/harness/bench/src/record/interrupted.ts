import type { Observation } from "./observation.js";

/** Why a run lacks what was not kept (`what`) of its earlier processes; null where it was not interrupted. */
export function whyNotWhole({ resumed }: Observation, what: string): string | null {
  const last = resumed.at(-1);
  if (last === undefined) return null;
  return `the run was interrupted and went on after step ${last.step}: ${what} before that was not kept (--force measures it whole)`;
}
