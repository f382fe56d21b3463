import type { RunRecord } from "@petl/results";
import { taskCurves } from "./curves.js";
import { groupFacts, groupName, settingFacts } from "./facts.js";
import { compareTasks, mnliLabel, taskLabel } from "./glue-tasks.js";
import type { ExcludedTask, LeftOut, ReportGroup, Task, TaskResult } from "./model.js";
import { distinct } from "./statistics.js";
import { summarize } from "./summary.js";
import { taskResult } from "./task-results.js";
import { cleanText } from "./text.js";
import { splitVariants, type VariantRecords } from "./variants.js";

/** Everything about one group of comparable runs. */
export function buildGroup(
  id: string,
  records: readonly RunRecord[],
  referenceMethod: string | null,
): { group: ReportGroup; superseded: LeftOut[] } {
  const { variants, superseded } = splitVariants(records, referenceMethod);
  const tasks = distinct(records.map(({ run }) => run.task))
    .sort(compareTasks)
    .map((name): Task => ({ name, label: cleanText(taskLabel(name, records)) }));
  const results = variants.flatMap((variant) => tasks.map(({ name }) => resultOf(variant, name)));
  const compared = variants.filter(({ variant }) =>
    results.some((result) => result.variant === variant.id && done(result)),
  );
  const lacking = (task: Task) =>
    compared.filter(({ variant }) => !results.some((r) => r.variant === variant.id && r.task === task.name && done(r)));
  const commonTasks =
    compared.length === 0 ? [] : tasks.filter((task) => lacking(task).length === 0).map(({ name }) => name);
  const reference = compared.find(({ variant }) => variant.method === referenceMethod)?.variant.id ?? null;
  const group: ReportGroup = {
    id,
    name: groupName(records[0]!),
    facts: groupFacts(records),
    settings: settingFacts(variants.map(({ variant, records: own }) => ({ label: variant.label, records: own }))),
    notices: distinct(records.flatMap(({ data }) => data?.notices ?? [])),
    variants: variants.map(({ variant }) => variant),
    tasks,
    commonTasks,
    excludedTasks: tasks
      .filter((task) => lacking(task).length > 0)
      .map(
        (task): ExcludedTask => ({ ...task, reasons: lacking(task).map((variant) => whyLacking(variant, task.name)) }),
      ),
    reference,
    summary: summarize({ variants, results, commonTasks, reference, mnli: mnliLabel(records) }),
    results,
    curves: tasks.map((task) => taskCurves(task, variants)),
  };
  return { group, superseded };
}

const done = (result: TaskResult) => result.seeds.length > 0;

function resultOf({ variant, records }: VariantRecords, task: string): TaskResult {
  const completed = records.filter(({ run, status }) => run.task === task && status === "completed");
  return taskResult(variant.id, task, completed);
}

function whyLacking({ variant, records }: VariantRecords, task: string): string {
  const states = distinct(records.filter(({ run }) => run.task === task).map(({ status }) => status));
  return `${variant.label} ${states.length > 0 ? states.join(" and ") : "was not run"}`;
}
