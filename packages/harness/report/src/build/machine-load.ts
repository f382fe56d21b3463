import type { RunRecord } from "@petl/results";

/** How far the times of some runs can be trusted, in sentences; empty where none was timed. */
export function timeNotices(records: readonly RunRecord[]): string[] {
  if (records.every(({ time }) => time === null)) return [];
  return ["Times come from one machine. If it was shared with other work, treat them as rough."];
}
