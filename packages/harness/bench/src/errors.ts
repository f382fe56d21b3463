import { oneLine } from "@petl/files";

export { firstLine, thrownText } from "./thrown-text.js";

/** What went wrong before, between or around runs; stable for programs. */
export type BenchErrorCode =
  | "E_METHOD_UNKNOWN"
  | "E_METHOD_INVALID"
  | "E_DEVICE_UNKNOWN"
  | "E_DEVICE_INVALID"
  | "E_DEVICE_UNUSABLE"
  | "E_BACKBONE_UNKNOWN"
  | "E_BACKBONE_FAMILY"
  | "E_FAMILY_INVALID"
  | "E_DATA_INVALID"
  | "E_TASK_INVALID"
  | "E_CHECK_FAILED"
  | "E_CHANGED"
  | "E_SUITE_INVALID"
  | "E_OUT_LOCKED"
  | "E_OUT_UNWRITABLE"
  | "E_OUT_FOREIGN"
  | "E_OUT_INPUT"
  | "E_MODEL_INVALID"
  | "E_TEXT_INVALID"
  | "E_LAYOUT_UNKNOWN"
  | "E_SUBMISSION"
  | "E_CALIBRATION"
  | "E_GPU_NOT_FOUND"
  | "E_GPU_UNKNOWN"
  | "E_CODE_UNTRUSTED"
  | "E_PROJECT_INVALID"
  | "E_NOT_BUILT";

/** Bad input: one line with what was expected, what was given and the remedy. */
export class BenchError extends Error {
  override readonly name = "BenchError";
  constructor(
    readonly code: BenchErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(oneLine(message), options);
  }
}
