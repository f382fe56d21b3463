import { peakBytes, resetPeakBytes } from "@petl/tensor";
import type { TrainEvent } from "./events.js";

/** Seconds since the Unix epoch, from a clock that never runs backwards. */
export const nowS = (): number => (performance.timeOrigin + performance.now()) / 1000;

/** The measured stretches of a run: marks their edges once the device has done all work before them. */
export class Windows {
  constructor(
    readonly emit: (event: TrainEvent) => void,
    readonly synchronize: () => Promise<void>,
  ) {}

  /** Runs `scope` between the edges of a window, then tells the window's peak of live tensor bytes. */
  async run<Result>(window: "training" | "evaluation", scope: () => Promise<Result>): Promise<Result> {
    await this.synchronize();
    this.emit({ type: "window", window, edge: "begin", atS: nowS() });
    resetPeakBytes();
    const result = await scope();
    await this.synchronize();
    this.emit({ type: "window", window, edge: "end", atS: nowS() });
    this.emit({ type: "memory", window, peak: peakBytes() });
    return result;
  }

  async endEpoch(epoch: number): Promise<void> {
    await this.synchronize();
    this.emit({ type: "epoch", epoch, atS: nowS() });
  }
}
