/** The loss was not a finite number: after an update, the learning rate is too high; at step 1, the model overflows as attached. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
  readonly code = "E_DIVERGED";
  constructor(
    readonly step: number,
    readonly loss: number,
  ) {
    super(
      step === 1
        ? `step 1: expected a finite loss, got ${loss} before any update; the backbone's weights are finite, so the method or the text overflows f32: check the method's settings`
        : `training diverged: expected a finite loss, got ${loss} at step ${step}; lower --learning-rate or the method's scale`,
    );
  }
}
