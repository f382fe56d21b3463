/** A place to log to that cannot be used as it was asked for; found before the first run. */
export class TrackingError extends Error {
  override readonly name = "TrackingError";
  readonly code = "E_TRACKING";
}
