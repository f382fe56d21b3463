import type { RunRecord } from "@petl/results";
import type { SearchResult } from "../model/search.js";
import { distinct, groupBy, present } from "../statistics/statistics.js";
import { formatCount } from "../text/format.js";
import { named } from "../text/named.js";
import { scoredHow } from "../text/protocol.js";
import { busyMachine } from "./busy-machine.js";
import { ofStage } from "./stages.js";
import { taskLabel, taskOrder } from "./task-names.js";

/** What a reader must know before any figure, in a few lines; the notices of the records give the details for each file. */
export function headlines(records: readonly RunRecord[], search: readonly SearchResult[]): string[] {
  const parts = present(records.map(({ data }) => data));
  return [
    ...chosenOnDev(records),
    ...(ofStage(records, "final").length > 0 ? [] : ["No run that is compared was made yet, only those before it."]),
    ...atEdges(search),
    ...(parts.some(({ source }) => source === "sample") ? ["The data is the built-in sample, which is not GLUE."] : []),
    ...randomWeights(records),
    ...limits(records),
    ...subsets(records),
    ...skippedUpdates(records),
    ...busyMachine(records),
    ...uncommitted(records),
  ];
}

function chosenOnDev(records: readonly RunRecord[]): string[] {
  if (records[0]!.run.settings.protocol !== "dev") return []; // the same in a group
  return [`Protocol dev: each score is ${scoredHow.dev}, so all of them are too high.`];
}

function atEdges(search: readonly SearchResult[]): string[] {
  const edges = search.filter(({ chosen }) => chosen.some(({ edge }) => edge !== null));
  if (edges.length === 0) return [];
  const names = [...groupBy(edges, ({ label }) => label)]
    .map(([label, own]) => `${label} on ${named(own.map(({ taskLabel }) => taskLabel))}`)
    .join("; ");
  const searches = edges.length === 1 ? "The search" : `${edges.length} searches`;
  return [`${searches} (${names}) chose the lowest or highest rate tried: a wider space may hold a better one.`];
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
  ).sort(taskOrder(records));
  if (tasks.length === 0) return [];
  const names = tasks.map((task) => taskLabel(task, records)).join(", ");
  return [`The files of ${names} hold only part of the official data.`];
}

/** What loss scaling left out of training. */
function skippedUpdates(records: readonly RunRecord[]): string[] {
  const scaled = records.filter(({ lossScaling }) => lossScaling !== null);
  const total = (of: (record: RunRecord) => number): number => scaled.reduce((sum, record) => sum + of(record), 0);
  const skipped = total(({ lossScaling }) => lossScaling!.skippedSteps);
  if (skipped === 0) return [];
  const updates = formatCount(total(({ time }) => time?.steps ?? 0));
  return [`Loss scaling skipped ${formatCount(skipped)} of ${updates} updates, whose gradients were not finite.`];
}

function uncommitted(records: readonly RunRecord[]): string[] {
  const dirty = records.filter(({ environment }) => environment.dirty).length;
  if (dirty === 0) return [];
  return [`${dirty} of ${records.length} runs used uncommitted code, so their commit does not reproduce them.`];
}
