import { join } from "node:path";
import { appendJsonLine, FileError, parseJson, readText } from "@petl/files";
import { ClusterError } from "../errors.js";
import { checkJobId } from "./job-id.js";
import type { SubmittedArray } from "./queue.js";

/** An array that was submitted for an output folder. */
export interface Submission extends SubmittedArray {
  /** Id of the plan whose runs its indices are. */
  readonly plan: string;
  /** When, as ISO 8601; the same for arrays that were submitted together. */
  readonly at: string;
}

const fileOf = (out: string): string => join(out, "jobs", "slurm.jsonl");

/** A thousand arrays have less. */
const mostBytes = 4 << 20;

/** Notes an array in `OUT/jobs/slurm.jsonl`; the folder must exist. @throws the file system's error */
export function addSubmission(out: string, submission: Submission): void {
  appendJsonLine(fileOf(out), submission);
}

/** The arrays that were submitted for an output folder, in order; a line that a crash cut off is left out. @throws ClusterError E_JOB_INVALID */
export function submissions(out: string): Submission[] {
  return linesOf(fileOf(out)).flatMap((line) => {
    let found: Submission;
    try {
      found = parseJson(line) as Submission;
    } catch {
      return [];
    }
    checkJobId(found.jobId);
    return [found];
  });
}

function linesOf(file: string): string[] {
  try {
    return readText(file, mostBytes).split("\n").filter(Boolean);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    if (!(cause instanceof FileError)) throw cause;
    throw new ClusterError("E_JOB_INVALID", `${file}: expected ${cause.expected}, got ${cause.got}; move it away`);
  }
}
