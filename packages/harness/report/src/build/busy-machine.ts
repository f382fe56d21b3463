import type { RunRecord } from "@petl/results";
import { formatCount, formatPercent } from "../text/format.js";
import { cleanText } from "../text/text.js";
import { taskLabel } from "./task-names.js";

/** Share of all processors that others may take: beyond it they also slow a run with processors to spare, by memory and clock. */
const toleratedShare = 0.1;
/** How much of one processor others may take from the threads of a run that needs them all: each step waits for its slowest thread. */
const toleratedProcessors = 0.1;
const mostNames = 4;

/** What to know of times whose disturbance was not measured, in a sentence; none where it was, or nothing was timed. */
export function unmeasuredLoad(records: readonly RunRecord[]): string[] {
  const timed = records.filter(({ time }) => time !== null);
  if (timed.every(({ load }) => load?.othersBusyShare.training != null)) return [];
  return ["Times come from one machine. If it was shared with other work, treat them as rough."];
}

/** Which runs trained while other work kept the machine busy, in a sentence; none where all was quiet or nothing was measured. */
export function busyMachine(records: readonly RunRecord[]): string[] {
  const completed = records.filter(({ status, time }) => status === "completed" && time !== null);
  const disturbed = completed.filter(isDisturbed).sort((a, b) => othersShare(b) - othersShare(a));
  if (disturbed.length === 0) return [];
  const all = disturbed.length === completed.length;
  const runs = all ? (completed.length === 1 ? "the run" : `all ${formatCount(completed.length)} runs`) : null;
  const who = runs ?? `${formatCount(disturbed.length)} of ${formatCount(completed.length)} runs`;
  const names = all ? "" : `: ${named(disturbed, records)}`;
  const isCounted = disturbed.some(({ energy }) => energy?.grossJ != null && energy.source?.startsWith("RAPL"));
  const figures = isCounted
    ? "times, energies (which are the whole machine's) and ratios of these"
    : "times and ratios of times";
  const suspects = all ? upperFirst(figures) : `Their ${figures}`;
  return [
    `While ${who} trained, other work kept ${formatPercent(meanShare(disturbed))} of the machine's processors busy${names}. ` +
      `${suspects} are not to be trusted.`,
  ];
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

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
