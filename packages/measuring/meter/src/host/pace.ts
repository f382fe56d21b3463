const SHARE = 1 / 300;
const REMEMBERED = 5;

/** How long to rest between polls: a period, or so long that polling takes no more than 1 / 300 of the time. */
export class Pace {
  readonly #lastMs: number[] = [];

  constructor(readonly periodMs: number) {}

  /**
   * The rest after a poll that took `tookMs`. The shortest of the last five counts: the first ones run code that is not
   * compiled yet, and one may have been interrupted.
   */
  restMs(tookMs: number): number {
    this.#lastMs.push(tookMs);
    if (this.#lastMs.length > REMEMBERED) this.#lastMs.shift();
    return Math.max(this.periodMs, this.#lastMs.length < REMEMBERED ? 0 : Math.min(...this.#lastMs) / SHARE);
  }
}
