import type { ExcludedTask, GroupTrace, LeftOut, ReportGroup, Task, TaskResult } from "../model/model.js";
import type { ReportOptions } from "../model/options.js";
import { distinct } from "../statistics/statistics.js";
import { cleanText } from "../text/text.js";
import type { ComparableGroup } from "./comparable-groups.js";
import { taskCurves } from "./curves.js";
import { groupFacts, settingFacts } from "./facts.js";
import { compareTasks, mnliLabel, taskLabel } from "./glue-tasks.js";
import { groupRuns } from "./group-runs.js";
import { headlines } from "./headlines.js";
import { latestVersions } from "./method-versions.js";
import { meanSpend } from "./spend.js";
import { summarize } from "./summary.js";
import { taskResult } from "./task-results.js";
import { thinTrace } from "./traces.js";
import { splitVariants, type VariantRecords } from "./variants.js";

/** Everything about one group of comparable runs, each method in its latest version. */
export function buildGroup(
  id: string,
  { name, records: all }: ComparableGroup,
  { reference: referenceMethod, traces = new Map(), recordFiles = new Map() }: ReportOptions,
): { group: ReportGroup; superseded: LeftOut[] } {
  const { records, superseded: earlierVersions } = latestVersions(all);
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
    name,
    facts: groupFacts(records),
    trained: records[0]!.run,
    settings: settingFacts(variants.map(({ variant, records: own }) => ({ label: variant.label, records: own }))),
    headParams: headParams(records),
    headlines: headlines(records),
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
    spend: meanSpend(commonTasks, variants),
    traces: groupTraces(tasks, variants, traces),
    runs: groupRuns(tasks, variants, recordFiles),
  };
  return { group, superseded: [...earlierVersions, ...superseded] };
}

function headParams(records: ComparableGroup["records"]): number[] {
  const sizes = records.flatMap(({ counts }) =>
    counts === null || counts.headParams === 0 ? [] : [counts.headParams],
  );
  return sizes.length === 0 ? [] : distinct([Math.min(...sizes), Math.max(...sizes)]);
}

/** Beyond this, more pictures tell a reader nothing new. */
const maxTraces = 60;

function groupTraces(
  tasks: readonly Task[],
  variants: readonly VariantRecords[],
  traces: NonNullable<ReportOptions["traces"]>,
): GroupTrace[] {
  return tasks
    .flatMap(({ name, label }) =>
      variants.flatMap(({ variant, records }): GroupTrace[] => {
        const record = records.find((item) => item.run.task === name && traces.has(item));
        if (record === undefined) return [];
        const title = `${label}, ${variant.label}, seed ${record.run.seed}`;
        return [{ variant: variant.id, title, trace: thinTrace(traces.get(record)!) }];
      }),
    )
    .slice(0, maxTraces);
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
