/** The loss was not a number: the learning rate is too high for this method, task or backbone. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
  readonly code = "E_DIVERGED";
  constructor(
    readonly step: number,
    readonly loss: number,
  ) {
    super(
      `training diverged: expected a finite loss, got ${loss} at step ${step}; lower --learning-rate or the method's scale`,
    );
  }
}
