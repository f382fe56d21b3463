import type { BenchEvent, ChildEvent, PlannedRun } from "@petl/bench";
import { oneLine } from "@petl/files";
import { type ActivationCacheFigures, isSettled, type RunRecord, reportedScore } from "@petl/results";
import colours from "picocolors";

const paint = colours.createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);

/** What would mislead or surprise, so that it is not overlooked among other lines. */
export function warningLine(text: string): string {
  return paint.yellow(`warning: ${oneLine(text)}`);
}

/** A run in a few words. */
export function runText(run: PlannedRun): string {
  return `${run.label} on ${run.task.name}, ${whichText(run)}`;
}

/** Which of the runs of its method and task it is. */
export function whichText({ stage, trial, seed, settings }: PlannedRun): string {
  if (stage === "baseline") return "as it is";
  if (trial === null) return `seed ${seed}`;
  const rung = trial.rungs > 1 ? `, rung ${trial.rung} of ${trial.rungs}` : "";
  return `trial ${trial.number} of ${trial.of} at rate ${settings.learningRate}${rung}`;
}

/** A training loss, which is null where it is not finite and undefined before one is logged. */
export function lossText(loss: number | null | undefined): string {
  if (loss === undefined) return "not logged yet";
  return loss === null || !Number.isFinite(loss) ? "not finite" : loss.toFixed(3);
}

/** How many updates loss scaling skipped; none where it skipped none. */
export function skippedText(skipped: number): string[] {
  return skipped === 0 ? [] : [`${skipped} skipped`];
}

/** The time left, in words. */
export function leftText(seconds: number): string {
  return seconds < 1 ? "less than 1 s left" : `${durationText(seconds)} left`;
}

/** Why a run is passed over. */
export function elsewhereText({ run, by }: Extract<BenchEvent, { type: "elsewhere" }>): string {
  return `${runText(run)} is left to ${by}, which is doing it`;
}

/** How far a download is. */
export function downloadText(what: string, doneBytes: number, totalBytes: number | null | undefined): string {
  const size = totalBytes ? ` of ${(totalBytes / 1e6).toFixed(1)}` : "";
  return `downloading ${what}: ${(doneBytes / 1e6).toFixed(1)}${size} MB`;
}

/** How a run ended, in one line. */
export function endLine({ run, record }: Extract<BenchEvent, { type: "run-end" }>): string {
  const { status, scores, time, error, lossScaling } = record;
  const why = oneLine(error?.message ?? "unknown error");
  if (status === "failed" && isSettled(record)) return paint.yellow(`diverged   ${runText(run)}: ${why}`);
  if (status === "failed") return paint.red(`failed     ${runText(run)}: ${why}`);
  if (status === "cancelled") return paint.yellow(`cancelled  ${runText(run)}`);
  const figures = [
    ...(scores ? [scoreText(record)] : []),
    ...(time ? [`trained ${durationText(time.trainTimeS)}`, `evaluated ${durationText(time.evalTimeS)}`] : []),
    ...cacheText(record.activationCache?.figures),
    ...(lossScaling?.skippedSteps ? [`${lossScaling.skippedSteps} updates skipped by loss scaling`] : []),
  ];
  return `${paint.green("completed")}  ${runText(run)}: ${figures.join(", ")}`;
}

function scoreText(record: RunRecord): string {
  const { score, loss, notices } = reportedScore(record)!;
  const isHeldOut = record.scores!.test === null && record.run.settings.protocol === "tuned";
  const on = isHeldOut ? `${loss === null ? "" : ` and loss ${lossText(loss)}`} on held-out rows` : "";
  return `score ${score.toFixed(1)}${on}${notices.map(({ message }) => ` (${oneLine(message)})`).join("")}`;
}

function cacheText(figures: ActivationCacheFigures["figures"] | undefined): string[] {
  if (!figures || figures.lookups === 0) return [];
  return [`backbone run for ${figures.lookups - figures.hits} of ${figures.lookups} examples seen`];
}

/** What a run says that the user should know; null for all else. */
export function noticeLine(event: ChildEvent): string | null {
  if (event.type === "notice") return `note: ${oneLine(event.message)}`;
  if (event.type === "warning") return warningLine(event.message);
  return event.type === "resumed" ? `resuming after step ${event.step}, where it was interrupted` : null;
}

/** The first line of a suite. */
export function suiteLine({ total, done, out }: Extract<BenchEvent, { type: "suite" }>): string {
  if (done === total) return `all ${total} runs are completed in ${out}; --force runs them again`;
  return `${total} runs${done > 0 ? `, ${done} of them completed before` : ""}, into ${out}`;
}

/** Seconds in words: `8.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How far a table is read. */
export function readingText(task: string, doneBytes: number, totalBytes: number): string {
  return `reading ${task}: ${(doneBytes / 1e6).toFixed(1)} of ${(totalBytes / 1e6).toFixed(1)} MB`;
}
