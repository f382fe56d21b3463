import { expandRanges } from "./array-ranges.js";
import { type ArrayTask, taskState } from "./task-state.js";

/** What `sacct` is asked for; its columns have had these names and this form since job arrays exist. */
export const sacctOptions = ["--noheader", "--parsable2", "--allocations", "--format=JobID,State,ExitCode"] as const;

/** The tasks of arrays in what `sacct` printed with these options: lines such as `41_7|TIMEOUT|0:15`. */
export function tasksInAccounting(printed: string): ArrayTask[] {
  return printed.split("\n").flatMap((line) => {
    const [, jobId, indices, words = "", code, signal] =
      /^(\d+)_(\d+|\[[^|]*\])\|([A-Z_]+)[^|]*\|(\d+):(\d+)$/.exec(line.trim()) ?? [];
    if (jobId === undefined || indices === undefined) return [];
    const task = { jobId, state: taskState([words]), detail: words, reason: ending(Number(code), Number(signal)) };
    return expandRanges(indices).map((taskId) => ({ ...task, taskId }));
  });
}

function ending(code: number, signal: number): string | null {
  if (signal !== 0) return `signal ${signal}`;
  return code === 0 ? null : `exit code ${code}`;
}
