import type { RunRecord } from "@petl/results";
import { cleanText } from "../text/text.js";

/** What to call a run in a list. */
export function runName({ run, id }: RunRecord): string {
  return cleanText(`${run.method} on ${run.task}, seed ${run.seed} (${id})`);
}
