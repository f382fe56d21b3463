const STEP_S = 0.005; // the wall clock is read in milliseconds: smaller differences are rounding
const FUTURE_S = 0.02;
const LONGEST_LAG_S = 300; // a parent busy for longer looks like a wrong time zone

/**
 * Maps the driver's timestamps (wall clock) onto the monotonic clock of `nowS()`.
 *
 * A timestamp in the future, far in the past or before the previous sample is not trusted: that sample gets the arrival time of its
 * line, and counts in `distrusted`.
 */
export class SampleClock {
  distrusted = 0;
  #wallMinusMonotonicS: number | null = null;
  #lastS = Number.NEGATIVE_INFINITY;

  /** `stampS`: the driver's time; `arrivalS`: `nowS()` and `wallS`: `Date.now() / 1000` when the line came in. */
  place(stampS: number, arrivalS: number, wallS: number): { atS: number; timedBy: "sensor" | "arrival" } {
    const offsetS = wallS - arrivalS;
    if (this.#wallMinusMonotonicS === null || Math.abs(offsetS - this.#wallMinusMonotonicS) > STEP_S) {
      this.#wallMinusMonotonicS = offsetS;
    }
    const mappedS = stampS - this.#wallMinusMonotonicS;
    const lagS = arrivalS - mappedS;
    const trusted = lagS >= -FUTURE_S && lagS <= LONGEST_LAG_S && mappedS >= this.#lastS;
    if (!trusted) this.distrusted++;
    this.#lastS = trusted ? mappedS : Math.max(arrivalS, this.#lastS);
    return { atS: this.#lastS, timedBy: trusted ? "sensor" : "arrival" };
  }
}
