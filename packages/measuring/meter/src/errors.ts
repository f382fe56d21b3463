/** Codes of `MeterError`: which expectation was not met. */
export type MeterErrorCode =
  | "E_DEVICE_BUSY"
  | "E_GPU_NOT_FOUND"
  | "E_METER_STATE"
  | "E_METER_OPTION"
  | "E_TRACE_FORMAT";

/** An error of this package: `code` says which, `data` holds the figures, the message what to do about it. */
export class MeterError extends Error {
  override readonly name = "MeterError";

  constructor(
    readonly code: MeterErrorCode,
    message: string,
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
