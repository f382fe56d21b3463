import type { RunRecord } from "@petl/results";
import { formatCount, formatPercent } from "../text/format.js";
import { cleanText, upperFirst } from "../text/text.js";
import { ofStage } from "./stages.js";
import { taskLabel } from "./task-names.js";

/** Share of all processors that others may take: beyond it they also slow a run with processors to spare, by memory and clock. */
const toleratedShare = 0.1;
/** How much of one processor others may take from the threads of a run that needs them all: each step waits for its slowest thread. */
const toleratedProcessors = 0.1;
const mostNames = 4;

/** What is said of each time of a disturbed run. */
export const disturbedNote = "other work kept the machine busy meanwhile: not to be trusted";

/** What to know of times whose disturbance was not measured, in a sentence; none where it was, or nothing was timed. */
export function unmeasuredLoad(records: readonly RunRecord[]): string[] {
  const timed = records.filter(({ time }) => time !== null);
  if (timed.every(({ load }) => load?.othersBusyShare.training != null)) return [];
  return ["Times come from one machine. If it was shared with other work, treat them as rough."];
}

/**
 * Which runs trained while other work kept the machine busy: a sentence for those that are compared and one for trials; none where all was
 * quiet or nothing was measured.
 */
export function busyMachine(records: readonly RunRecord[]): string[] {
  const timed = records.filter(({ status, time }) => status === "completed" && time !== null);
  const compared = timed.filter(({ run }) => run.stage !== "trial");
  return [...busyRuns(compared, records), ...busyTrials(ofStage(timed, "trial"))];
}

function busyRuns(timed: readonly RunRecord[], records: readonly RunRecord[]): string[] {
  const disturbed = timed.filter(isDisturbed).sort((a, b) => othersShare(b) - othersShare(a));
  if (disturbed.length === 0) return [];
  const all = disturbed.length === timed.length;
  const names = all ? "" : `: ${named(disturbed, records)}`;
  const suspects = all ? upperFirst(figuresOf(disturbed)) : `Their ${figuresOf(disturbed)}`;
  return [`${whileBusy(disturbed, timed, "run")}${names}. ${suspects} are not to be trusted.`];
}

/** Trials are many and only their sums are shown, so none is named. */
function busyTrials(timed: readonly RunRecord[]): string[] {
  const disturbed = timed.filter(isDisturbed);
  if (disturbed.length === 0) return [];
  return [`${whileBusy(disturbed, timed, "trial")}. The ${figuresOf(disturbed)} of searches are not to be trusted.`];
}

function whileBusy(disturbed: readonly RunRecord[], timed: readonly RunRecord[], noun: string): string {
  const [some, of] = [disturbed.length, timed.length].map(formatCount);
  const all = timed.length === 1 ? `the ${noun}` : `all ${of} ${noun}s`;
  const who = disturbed.length === timed.length ? all : `${some} of ${of} ${noun}s`;
  return `While ${who} trained, other work kept ${formatPercent(meanShare(disturbed))} of the machine's processors busy`;
}

function figuresOf(disturbed: readonly RunRecord[]): string {
  const isCounted = disturbed.some(({ energy }) => energy?.grossJ != null && energy.source?.startsWith("RAPL"));
  return isCounted
    ? "times, energies (which are the whole machine's) and ratios of these"
    : "times and ratios of times";
}

const othersShare = ({ load }: RunRecord): number => load?.othersBusyShare.training ?? 0;

/** Whether other work slowed the training of a run. */
export function isDisturbed(record: RunRecord): boolean {
  const { cores } = record.environment;
  const threads = Math.min(record.identity?.device.threads ?? 0, cores);
  const share = othersShare(record);
  return share > toleratedShare || threads + share * cores - cores > toleratedProcessors;
}

/** Mean over the time in which they trained. */
function meanShare(records: readonly RunRecord[]): number {
  const trainedS = (record: RunRecord) => record.time?.trainTimeS ?? 0;
  const totalS = records.reduce((sum, record) => sum + trainedS(record), 0);
  return records.reduce((sum, record) => sum + (othersShare(record) * trainedS(record)) / totalS, 0);
}

function named(runs: readonly RunRecord[], records: readonly RunRecord[]): string {
  const name = ({ run }: RunRecord) => cleanText(`${run.method} on ${taskLabel(run.task, records)}, seed ${run.seed}`);
  const more = runs.length > mostNames ? [`${runs.length - mostNames + 1} more`] : [];
  return [...runs.slice(0, mostNames - more.length).map(name), ...more].join("; ");
}
