import type { BenchEvent, ChildEvent, PlannedRun } from "@petl/bench";
import type { ActivationCacheFigures } from "@petl/results";
import colours from "picocolors";
import { oneLine } from "../exit.js";

const paint = colours.createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);

/** A run in a few words. */
export function runText({ method, task, seed }: PlannedRun): string {
  return `${method.name} on ${task.name}, seed ${seed}`;
}

/** How a run ended, in one line. */
export function endLine({ run, record }: Extract<BenchEvent, { type: "run-end" }>): string {
  const { status, scores, time, error } = record;
  if (status === "failed")
    return paint.red(`failed     ${runText(run)}: ${oneLine(error?.message ?? "unknown error")}`);
  if (status === "cancelled") return paint.yellow(`cancelled  ${runText(run)}`);
  const figures = [
    ...(scores ? [`score ${scores.best.score.toFixed(1)}`] : []),
    ...(time ? [`trained ${durationText(time.trainTimeS)}`, `evaluated ${durationText(time.evalTimeS)}`] : []),
    ...cacheText(record.activationCache?.figures),
  ];
  return `${paint.green("completed")}  ${runText(run)}: ${figures.join(", ")}`;
}

function cacheText(figures: ActivationCacheFigures["figures"] | undefined): string[] {
  if (!figures || figures.lookups === 0) return [];
  return [`backbone run for ${figures.lookups - figures.hits} of ${figures.lookups} examples seen`];
}

/** What a run says that a user should know; null for all else. */
export function noticeLine(event: ChildEvent): string | null {
  if (event.type === "notice") return `note: ${oneLine(event.message)}`;
  if (event.type === "warning") return `warning: ${oneLine(event.message)}`;
  return event.type === "resumed" ? `goes on after step ${event.step}, where it was interrupted` : null;
}

/** The first line of a suite. */
export function suiteLine({ total, done, out }: Extract<BenchEvent, { type: "suite" }>): string {
  if (done === total) return `all ${total} runs are completed in ${out}; --force runs them again`;
  return `${total} runs${done > 0 ? `, ${done} of them completed before` : ""}, into ${out}`;
}

/** Seconds in words: `8.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
