import type { LeftOut, ReportGroup, Task, TaskResult } from "../model/model.js";
import type { ReportOptions } from "../model/options.js";
import { distinct } from "../statistics/statistics.js";
import { cleanText } from "../text/text.js";
import { baselinesOf } from "./baselines.js";
import type { ComparableGroup } from "./comparable-groups.js";
import { conditionsOf } from "./conditions.js";
import { taskCurves } from "./curves.js";
import { expectedBestOf } from "./expected-best.js";
import { groupRuns } from "./group-runs.js";
import { latestVersions } from "./method-versions.js";
import { reachOf } from "./reach.js";
import { searchesOf, searchResults } from "./search.js";
import { sharedTasks } from "./shared-tasks.js";
import { meanSpend } from "./spend.js";
import { ofStage } from "./stages.js";
import { standingsOf } from "./standings.js";
import { summarize } from "./summary.js";
import { taskLabel, taskOrder } from "./task-names.js";
import { taskResult } from "./task-results.js";
import { groupTraces } from "./traces.js";
import { isReference, splitVariants, type VariantRecords } from "./variants.js";

/** Everything about one group of comparable runs, each method in its latest version. */
export function buildGroup(
  id: string,
  { name, records: all }: ComparableGroup,
  { reference: named, reachShare = 0.95, traces = new Map(), recordFiles = new Map() }: ReportOptions,
): { group: ReportGroup; superseded: LeftOut[] } {
  const { records, superseded: earlierVersions } = latestVersions(all);
  const finals = ofStage(records, "final");
  const { variants, superseded } = splitVariants(finals, named);
  const tasks = distinct(finals.map(({ run }) => run.task))
    .sort(taskOrder(finals))
    .map((name): Task => ({ name, label: cleanText(taskLabel(name, finals)) }));
  const results = variants.flatMap((variant) => tasks.map(({ name }) => resultOf(variant, name)));
  const shared = sharedTasks(tasks, variants, results);
  const reference = shared.compared.find(({ variant }) => isReference(variant, named))?.variant.id ?? null;
  const searches = searchesOf(records, variants);
  const search = searchResults(searches, finals);
  const { commonTasks } = shared;
  const summary = summarize({ variants, results, search, commonTasks, reference, records: finals });
  const baselines = baselinesOf(
    records,
    tasks.map((task) => task.name),
  );
  const standings = standingsOf({ variants, tasks, commonTasks, results, summary, baselines });
  const group: ReportGroup = {
    ...{ id, name, tasks, results, reference, search, summary, baselines, standings, commonTasks },
    ...conditionsOf(records, variants, search),
    variants: variants.map(({ variant }) => variant),
    excludedTasks: shared.excludedTasks,
    expectedBest: expectedBestOf(searches, finals),
    reach: reachOf(tasks, variants, { reference, share: reachShare, baselines }),
    curves: tasks.map((task) => taskCurves(task, variants)),
    spend: meanSpend(commonTasks, variants),
    traces: groupTraces(tasks, variants, traces),
    runs: groupRuns(tasks, variants, recordFiles),
  };
  return { group, superseded: [...earlierVersions, ...superseded] };
}

function resultOf({ variant, records }: VariantRecords, task: string): TaskResult {
  const completed = records.filter(({ run, status }) => run.task === task && status === "completed");
  return taskResult(variant.id, task, completed);
}
