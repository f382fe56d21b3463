import type { RunRecord } from "@petl/results";
import { distinct, present } from "../statistics/statistics.js";
import { formatCount } from "../text/format.js";
import { compareTasks, taskLabel } from "./glue-tasks.js";

/** What a reader must know before any figure, in few lines; the records' own notices say it file by file. */
export function headlines(records: readonly RunRecord[]): string[] {
  const parts = present(records.map(({ data }) => data));
  return [
    ...(parts.some(({ source }) => source === "sample") ? ["The data are the built-in sample, not GLUE."] : []),
    ...randomWeights(records),
    ...limits(records),
    ...subsets(records),
    ...uncommitted(records),
  ];
}

function randomWeights(records: readonly RunRecord[]): string[] {
  const kinds = present(records.map(({ backboneSource }) => backboneSource?.kind));
  if (!kinds.includes("random")) return [];
  return ["The backbone has random weights: its scores say nothing about the methods; costs hold for its size."];
}

function limits(records: readonly RunRecord[]): string[] {
  const { limit, evalLimit } = records[0]!.run.settings; // the same in a group
  const parts = [
    ...(limit === null ? [] : [`at most ${formatCount(limit)} training examples`]),
    ...(evalLimit === null ? [] : [`at most ${formatCount(evalLimit)} of each evaluation split`]),
  ];
  return parts.length === 0 ? [] : [`Each task is a fixed sample: ${parts.join(" and ")}.`];
}

/** Tasks whose files are a part of the official ones. */
function subsets(records: readonly RunRecord[]): string[] {
  const tasks = distinct(
    records
      .filter(({ data }) => data?.files.some(({ rows, officialRows }) => officialRows !== null && rows < officialRows))
      .map(({ run }) => run.task),
  ).sort(compareTasks);
  if (tasks.length === 0) return [];
  const names = tasks.map((task) => taskLabel(task, records)).join(", ");
  return [`The files of ${names} are subsets of the official ones.`];
}

function uncommitted(records: readonly RunRecord[]): string[] {
  const dirty = records.filter(({ environment }) => environment.dirty).length;
  if (dirty === 0) return [];
  return [
    `${dirty} of ${records.length} runs used code with uncommitted changes: their commit does not reproduce them.`,
  ];
}
