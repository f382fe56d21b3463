import { costColumns } from "../model/cost-columns.js";
import type { Fact, ReportGroup, ReportModel } from "../model/model.js";
import { detailTables } from "./detail-tables.js";
import { inWords } from "./in-words.js";
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
  /** What the summary says, in sentences; null where there is nothing to compare. */
  readonly words: string | null;
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

/** How many runs, methods, tasks and seeds, and, for one group, its conditions. */
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
    words: inWords(group),
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
        "The GLUE score on the dev set at the best evaluation, 0 to 100. Where a task has two metrics, it is their mean. GLUE-9 and GLUE-8 are shown only when all their tasks are there.",
    },
    { label: "Trainable parameters", value: "Counted from what the method attaches and unfreezes." },
    {
      label: "Backward through",
      value: "How many layers the gradient goes back through, derived from what the method attaches.",
    },
    ...costColumns.map(({ label, measured }) => ({ label, value: measured })),
    { label: "Sensor", value: sensors.join("; ") || "No energy sensor was read." },
    { label: "Tokens/s", value: "Tokens trained on in a second, without padding." },
    {
      label: "Intervals",
      value:
        "95 % percentile bootstrap of the best score over the evaluation examples, with the task's metrics and 1,000 resamples for each run. Over several seeds or tasks, both ends are means; for tasks, that is wider than the interval of the mean. A range over seeds goes from the lowest to the highest.",
    },
    {
      label: "Score by cost",
      value:
        "Each point is one epoch: the mean score of the tasks after it, against training time or energy so far, without evaluations. Costs are sums over tasks of means over seeds.",
    },
    {
      label: "Once a minute",
      value:
        "What a sampler that reads power every 60 s would report for the training energy. It is computed from the same trace, for every moment at which the sampler could start.",
    },
    { label: "Units", value: "kB, MB and GB are 10^3, 10^6 and 10^9 bytes; 1 Wh is 3,600 J." },
    {
      label: "Missing figures",
      value: "Shown as n/a with the reason, never as 0. A sum or a peak with a missing part is missing too.",
    },
  ];
}
