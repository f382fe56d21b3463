import { BarProgress } from "./bar-progress.js";
import { LineProgress } from "./line-progress.js";
import { type Progress, QuietProgress } from "./progress.js";

/** How a command shows its progress. */
export interface ProgressOptions {
  readonly quiet?: boolean;
  /** False: lines, on a terminal too. */
  readonly progress: boolean;
}

/** A bar on a terminal, lines elsewhere, nothing with `--quiet`. */
export function openProgress({ quiet, progress }: ProgressOptions): Progress {
  if (quiet) return new QuietProgress();
  return progress && process.stderr.isTTY ? new BarProgress() : new LineProgress();
}
