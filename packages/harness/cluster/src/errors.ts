import { oneLine } from "@petl/files";

/**
 * What went wrong; stable for programs.
 *
 * `E_JOB_INVALID`: a job cannot be written as asked. `E_COMMAND_MISSING`: a command of the cluster is not installed here.
 * `E_COMMAND_FAILED`: it ended with an error, ran out of time or said what could not be read.
 */
export type ClusterErrorCode = "E_JOB_INVALID" | "E_COMMAND_MISSING" | "E_COMMAND_FAILED";

/** A job that cannot be written, or a cluster that does not answer: one line with what was expected, what was given and the remedy. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  constructor(
    readonly code: ClusterErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(oneLine(message), options);
  }
}
