import { metricTable, type Task, TaskError } from "@petl/task";
import type { ParsedDefinition } from "./definition.js";
import type { TableTask } from "./table-task.js";

/**
 * Refuses what a task cannot be scored by: metrics of another kind of answers, of groups without any, and rows that are merged where
 * answers are no texts or test rows are cut. @throws {TaskError} `E_TASK_DEFINITION`
 */
export function checkScoring(
  { name, group, mergeRows }: ParsedDefinition,
  { target: { kind }, metrics, cut }: Pick<Task, "target" | "metrics"> & Pick<TableTask, "cut">,
): void {
  const refuse = (field: string, what: string): never => {
    throw new TaskError("E_TASK_DEFINITION", `task ${name}: ${field}: expected ${what}`);
  };
  const foreign = metrics.find((metric) => metricTable[metric].kind !== kind);
  if (foreign !== undefined) refuse("metrics", `those of a ${kind}, got ${foreign}`);
  if (metrics.includes("group_exact_match") && group === undefined)
    refuse(
      "group",
      "the columns that name a row's group, which group_exact_match counts, got none; name them or leave out the metric",
    );
  if (!mergeRows) return;
  if (kind !== "text") refuse("mergeRows", `answers that are texts, got a ${kind}; leave it out`);
  if (cut !== null && group === undefined)
    refuse(
      "mergeRows",
      "test rows, got training rows that are cut, so the same texts could be on both sides; name test rows, or the text columns as group",
    );
}
