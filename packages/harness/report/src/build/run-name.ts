import type { RunRecord } from "@petl/results";
import { cleanText } from "../text/text.js";

/** What to call a run in a list. */
export function runName({ run, id }: RunRecord): string {
  const trial = run.trial === null ? "" : `, trial ${run.trial.number} of ${run.trial.of}, rung ${run.trial.rung}`;
  return cleanText(`${run.method} on ${run.task}, seed ${run.seed}${trial} (${id})`);
}
