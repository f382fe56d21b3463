import { CheckpointError, reasonOf } from "./error.js";

/** The error to throw where a file could not be written; an error of this package passes as it is. */
export function writeFailure(file: string, cause: unknown): CheckpointError {
  if (cause instanceof CheckpointError) return cause;
  return new CheckpointError("E_WRITE_FAILED", {
    file,
    expected: "to write it",
    got: reasonOf(cause),
    remedy: "check that the directory exists, can be written and has space left",
    cause,
  });
}
