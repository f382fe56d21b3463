import { mostLossScale } from "@petl/settings";
import type { TrainSettings } from "./settings.js";

/** Scale, halving, doubling and how often: the defaults of PyTorch's `GradScaler`. */
const firstScale = 2 ** 16;
const updatesToDouble = 2000;
/** At its least scale, a run ends when it has skipped more updates in a row than the first scale can be halved. */
const mostInARow = 16;

/** What a loss scale depends on, and what came of it so far; a resumed run goes on with it. */
export interface LossScaleState {
  readonly scale: number;
  /** Updates made since the scale changed or one was skipped. */
  readonly madeSince: number;
  /** Updates skipped one after the other up to now. */
  readonly inARow: number;
  /** Every step whose update was skipped. */
  readonly skipped: readonly number[];
}

/** Gradients were not finite again and again, at a loss scale that can be no smaller. */
export class LossScaleError extends Error {
  override readonly name = "LossScaleError";
  readonly code = "E_LOSS_SCALE";
  constructor(
    readonly step: number,
    { scale, inARow }: LossScaleState,
  ) {
    super(
      `training diverged: expected finite gradients, got none in ${inARow} updates in a row up to step ${step} at the least loss scale, ${scale}; lower --learning-rate or the method's scale, or compute in float32: the model may have values beyond half precision's 65,504`,
    );
  }
}

/**
 * The factor of the loss, so that gradients stay within the range of float16. A dynamic one is halved where gradients are not finite, whose
 * update is skipped, and doubled after 2,000 updates in a row; it stays between 1 and 2^24.
 *
 * Micikevicius et al. 2018, section 3.2, https://arxiv.org/abs/1710.03740
 */
export class LossScaler {
  #state: LossScaleState;

  constructor(
    readonly isDynamic: boolean,
    state: LossScaleState,
  ) {
    this.#state = state;
  }

  get state(): LossScaleState {
    return this.#state;
  }

  get scale(): number {
    return this.#state.scale;
  }

  /** Hears whether the gradients of a step were finite, and sets the scale of the next. @throws LossScaleError */
  hear(step: number, areFinite: boolean): void {
    const { scale, madeSince, inARow, skipped } = this.#state;
    if (areFinite) {
      const doubles = this.isDynamic && madeSince + 1 >= updatesToDouble;
      const next = doubles ? Math.min(2 * scale, mostLossScale) : scale;
      this.#state = { scale: next, madeSince: doubles ? 0 : madeSince + 1, inARow: 0, skipped };
      return;
    }
    const isLeast = !this.isDynamic || scale === 1;
    const next = { scale, madeSince: 0, inARow: inARow + 1, skipped: [...skipped, step] };
    if (isLeast && next.inARow > mostInARow) throw new LossScaleError(step, next);
    this.#state = { ...next, scale: isLeast ? scale : scale / 2 };
  }
}

/** The loss scale of a run as its settings and its device ask; null: the loss is not scaled. `state` is what it resumes from. */
export function lossScalerOf(
  { lossScale }: Pick<TrainSettings, "lossScale">,
  needsLossScaling = false,
  state: LossScaleState | null = null,
): LossScaler | null {
  const asked = lossScale === "auto" ? (needsLossScaling ? "dynamic" : "off") : lossScale;
  if (asked === "off") return null;
  const isDynamic = asked === "dynamic";
  return new LossScaler(
    isDynamic,
    state ?? { scale: isDynamic ? firstScale : asked, madeSince: 0, inARow: 0, skipped: [] },
  );
}
