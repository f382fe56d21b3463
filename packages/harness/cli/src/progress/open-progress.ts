import type { GlueFlags } from "../commands/glue/flags.js";
import { BarProgress } from "./bar-progress.js";
import { LineProgress } from "./line-progress.js";
import { type Progress, QuietProgress } from "./progress.js";

/** A bar on a terminal, lines elsewhere, nothing with `--quiet`. */
export function openProgress({ quiet, progress }: Pick<GlueFlags, "quiet" | "progress">): Progress {
  if (quiet) return new QuietProgress();
  return progress && process.stderr.isTTY ? new BarProgress() : new LineProgress();
}
