import type { RunRecord } from "@petl/results";
import { distinct, present } from "../statistics/statistics.js";
import { formatCount } from "../text/format.js";
import { busyMachine } from "./busy-machine.js";
import { compareTasks, taskLabel } from "./glue-tasks.js";

/** What a reader must know before any figure, in a few lines; the notices of the records give the details for each file. */
export function headlines(records: readonly RunRecord[]): string[] {
  const parts = present(records.map(({ data }) => data));
  return [
    ...(parts.some(({ source }) => source === "sample") ? ["The data is the built-in sample, which is not GLUE."] : []),
    ...randomWeights(records),
    ...limits(records),
    ...subsets(records),
    ...busyMachine(records),
    ...uncommitted(records),
  ];
}

function randomWeights(records: readonly RunRecord[]): string[] {
  const kinds = present(records.map(({ backboneSource }) => backboneSource?.kind));
  if (!kinds.includes("random")) return [];
  return [
    "The backbone has random weights, so the scores say nothing about the methods. The costs hold for a backbone of this size.",
  ];
}

function limits(records: readonly RunRecord[]): string[] {
  const { limit, evalLimit } = records[0]!.run.settings; // the same in a group
  const parts = [
    ...(limit === null ? [] : [`at most ${formatCount(limit)} training examples`]),
    ...(evalLimit === null ? [] : [`at most ${formatCount(evalLimit)} of each evaluation split`]),
  ];
  return parts.length === 0 ? [] : [`Each task uses a fixed sample: ${parts.join(" and ")}.`];
}

/** Tasks whose files hold only part of the official data. */
function subsets(records: readonly RunRecord[]): string[] {
  const tasks = distinct(
    records
      .filter(({ data }) => data?.files.some(({ rows, officialRows }) => officialRows !== null && rows < officialRows))
      .map(({ run }) => run.task),
  ).sort(compareTasks);
  if (tasks.length === 0) return [];
  const names = tasks.map((task) => taskLabel(task, records)).join(", ");
  return [`The files of ${names} hold only part of the official data.`];
}

function uncommitted(records: readonly RunRecord[]): string[] {
  const dirty = records.filter(({ environment }) => environment.dirty).length;
  if (dirty === 0) return [];
  return [`${dirty} of ${records.length} runs used uncommitted code, so their commit does not reproduce them.`];
}
