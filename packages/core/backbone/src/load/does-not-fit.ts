import { CheckpointError } from "@petl/checkpoint";

/** What to throw where the values of a file's tensor cannot be stored in a format: E_VALUE_INVALID for a RangeError, else `cause`. */
export function doesNotFit(file: string, tensor: string, format: string, cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause;
  return new CheckpointError("E_VALUE_INVALID", {
    file,
    expected: `tensor "${tensor}" to fit ${format}`,
    got: cause.message,
    remedy: "choose another type, or copy or download the checkpoint again if it is damaged",
    cause,
  });
}
