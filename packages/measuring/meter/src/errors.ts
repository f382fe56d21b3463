import { oneLine } from "@petl/files";

/** Codes of `MeterError`: the expectation that was not met. */
export type MeterErrorCode =
  | "E_DEVICE_BUSY"
  | "E_GPU_NOT_FOUND"
  | "E_METER_STATE"
  | "E_METER_OPTION"
  | "E_TRACE_FORMAT";

/** An error of this package: `code` identifies it, `data` has the figures, and the message says what to do. */
export class MeterError extends Error {
  override readonly name = "MeterError";

  constructor(
    readonly code: MeterErrorCode,
    message: string,
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(oneLine(message));
  }
}
