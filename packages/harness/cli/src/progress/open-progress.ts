import { BarProgress } from "./bar-progress.js";
import { LineProgress } from "./line-progress.js";
import { type Progress, QuietProgress } from "./progress.js";

/** What the user asked for; `progress` is false with `--no-progress`. */
interface ProgressChoice {
  readonly quiet?: boolean;
  readonly progress: boolean;
}

/** A bar on a terminal, lines elsewhere, nothing with `--quiet`. */
export function openProgress({ quiet, progress }: ProgressChoice): Progress {
  if (quiet) return new QuietProgress();
  return progress && process.stderr.isTTY ? new BarProgress() : new LineProgress();
}
