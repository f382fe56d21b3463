import { costColumns } from "../model/cost-columns.js";
import type { Fact, ReportGroup, ReportModel } from "../model/model.js";
import { detailTables } from "./detail-tables.js";
import { plannedView, publishedView, type QuotedTable } from "./published-view.js";
import { runsTable } from "./runs-table.js";
import { summaryRemarks, summaryTable } from "./summary-table.js";
import { type Table, TableBuilder } from "./table.js";

/** A report as text, the same for Markdown and HTML; pictures are added by each. */
export interface ReportView {
  readonly title: string;
  readonly subtitle: string;
  readonly empty: string | null;
  readonly groups: readonly GroupView[];
  readonly leftOut: Table | null;
  readonly published: readonly ReturnType<typeof publishedView>[];
  readonly planned: readonly QuotedTable[];
  readonly environments: readonly { readonly heading: string | null; readonly facts: readonly Fact[] }[];
  readonly measured: readonly Fact[];
}

interface GroupView {
  readonly id: string;
  /** Null where there is only one group. */
  readonly heading: string | null;
  readonly facts: readonly Fact[];
  readonly headlines: readonly string[];
  readonly notices: readonly string[];
  readonly summary: Table;
  readonly remarks: readonly string[];
  readonly settings: readonly Fact[];
  readonly configs: readonly Fact[];
  readonly tables: readonly Table[];
  readonly runs: Table | null;
}

export function reportView(model: ReportModel): ReportView {
  const dated = model.generatedAt === null ? "" : `, ${model.generatedAt.slice(0, 16).replace("T", " ")} UTC`;
  return {
    title: model.title,
    subtitle: `${subtitle(model)}${dated}`,
    empty: model.empty,
    groups: model.groups.map((group) => groupView(group, model)),
    leftOut: leftOutTable(model),
    published: model.published.map(publishedView),
    planned: model.planned.map(plannedView),
    environments: model.environments.map(({ runs, facts }) => ({
      heading: model.environments.length > 1 ? `${runs} ${runs === 1 ? "run" : "runs"}` : null,
      facts,
    })),
    measured: model.empty === null ? measuredFacts(model) : [],
  };
}

/** How much of what: methods, tasks, seeds, and, where there is one group, on what. */
function subtitle({ runs, groups }: ReportModel): string {
  const count = (number: number, name: string) => `${number} ${name}${number === 1 ? "" : "s"}`;
  const [group, ...others] = groups;
  if (group === undefined || others.length > 0) return count(runs, "run");
  const methods = count(new Set(group.variants.map(({ method }) => method)).size, "method");
  const seeds = new Set(group.results.flatMap((result) => result.seeds)).size;
  const parts = [methods, count(group.tasks.length, "task"), ...(seeds > 0 ? [count(seeds, "seed")] : [])];
  return `${count(runs, "run")}: ${parts.join(", ")}; ${group.name}`;
}

function groupView(group: ReportGroup, model: ReportModel): GroupView {
  return {
    id: group.id,
    heading: model.groups.length > 1 ? `Group ${model.groups.indexOf(group) + 1}: ${group.name}` : null,
    facts: group.facts,
    headlines: group.headlines,
    notices: group.notices,
    summary: summaryTable(group),
    remarks: summaryRemarks(group, model),
    settings: group.settings,
    configs: group.variants.map(({ label, methodPackage, methodConfig }) => ({
      label,
      value: `${methodPackage} ${JSON.stringify(methodConfig ?? {})}`,
    })),
    tables: detailTables(group),
    runs: runsTable(group),
  };
}

function leftOutTable(model: ReportModel): Table | null {
  if (model.leftOut.length === 0) return null;
  const table = new TableBuilder("left-out", "Left out of the figures", ["What", "State", "Why"], [0, 1, 2]);
  for (const { what, kind, why } of model.leftOut) table.row([what, kind, why]);
  return table.build();
}

function measuredFacts({ sensors }: ReportModel): Fact[] {
  return [
    {
      label: "Score",
      value:
        "the task's GLUE score on the dev set, 0 to 100 (the mean of its metrics where it has two), of the best evaluation; means are means of the tasks' means, and a named GLUE mean is printed only when none of its tasks lacks",
    },
    { label: "Trainable parameters", value: "counted from what the method attaches and unfreezes" },
    {
      label: "Backward through",
      value: "how many layers the gradient goes back through, derived from what the method attaches",
    },
    ...costColumns.map(({ label, measured }) => ({ label, value: measured })),
    { label: "Sensor", value: sensors.join("; ") || "no energy sensor was read" },
    { label: "Tokens/s", value: "real tokens trained on a second; padding is not counted" },
    {
      label: "Intervals",
      value:
        "95 % percentile bootstrap of the best score over the evaluation examples, with the task's own metrics, 1,000 resamples a run; over seeds the means of its ends; the spread of seeds is their lowest and highest score",
    },
    {
      label: "Score by cost",
      value:
        "a point an epoch: training time or energy so far, evaluations left out; over tasks the sum of the means over seeds, against the mean of the tasks' scores after that epoch",
    },
    {
      label: "Once a minute",
      value:
        "what a sampler that reads the power every 60 s would have reported for the training energy, from the same trace, over all moments at which it could have started",
    },
    { label: "Units", value: "kB, MB and GB are 10^3, 10^6 and 10^9 bytes; 1 Wh is 3,600 J" },
    {
      label: "Missing figures",
      value: "written n/a with the reason, never 0; a sum or a peak with a part missing is missing",
    },
  ];
}
