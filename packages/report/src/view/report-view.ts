import { costColumns } from "../cost-columns.js";
import type { Fact, ReportGroup, ReportModel } from "../model.js";
import type { PublishedTable } from "../published.js";
import { detailTables } from "./detail-tables.js";
import { publishedTable } from "./published-view.js";
import { summaryRemarks, summaryTable } from "./summary-table.js";
import { type Table, TableBuilder } from "./table.js";

/** A report as text, the same for Markdown and HTML; pictures are added by each. */
export interface ReportView {
  readonly title: string;
  readonly subtitle: string;
  readonly empty: string | null;
  readonly groups: readonly GroupView[];
  readonly leftOut: Table | null;
  readonly published: readonly (Pick<PublishedTable, "source" | "conditions"> & { readonly table: Table })[];
  readonly environments: readonly { readonly heading: string | null; readonly facts: readonly Fact[] }[];
  readonly measured: readonly Fact[];
}

interface GroupView {
  readonly id: string;
  /** Null where there is only one group. */
  readonly heading: string | null;
  readonly facts: readonly Fact[];
  readonly notices: readonly string[];
  /** So many that they stand folded. */
  readonly manyNotices: boolean;
  readonly summary: Table;
  readonly remarks: readonly string[];
  readonly settings: readonly Fact[];
  readonly configs: readonly Fact[];
  readonly tables: readonly Table[];
}

export function reportView(model: ReportModel): ReportView {
  const dated = model.generatedAt === null ? "" : `, ${model.generatedAt.slice(0, 16).replace("T", " ")} UTC`;
  return {
    title: model.title,
    subtitle: `${model.runs} ${model.runs === 1 ? "run" : "runs"}${dated}`,
    empty: model.empty,
    groups: model.groups.map((group) => groupView(group, model)),
    leftOut: leftOutTable(model),
    published: model.published.map((table) => ({
      table: publishedTable(table),
      source: table.source,
      conditions: table.conditions,
    })),
    environments: model.environments.map(({ runs, facts }) => ({
      heading: model.environments.length > 1 ? `${runs} ${runs === 1 ? "run" : "runs"}` : null,
      facts,
    })),
    measured: model.empty === null ? measuredFacts(model) : [],
  };
}

function groupView(group: ReportGroup, model: ReportModel): GroupView {
  return {
    id: group.id,
    heading: model.groups.length > 1 ? `Group ${model.groups.indexOf(group) + 1}: ${group.name}` : null,
    facts: group.facts,
    notices: group.notices,
    manyNotices: group.notices.length > 5,
    summary: summaryTable(group, model),
    remarks: summaryRemarks(group, model),
    settings: group.settings,
    configs: group.variants.map(({ label, methodPackage, methodConfig }) => ({
      label,
      value: `${methodPackage} ${JSON.stringify(methodConfig ?? {})}`,
    })),
    tables: detailTables(group, model),
  };
}

function leftOutTable(model: ReportModel): Table | null {
  if (model.leftOut.length === 0) return null;
  const table = new TableBuilder("left-out", "Left out of the figures", ["What", "State", "Why"], [0, 1, 2]);
  for (const { what, kind, why } of model.leftOut) table.row([what, kind, why]);
  return table.build();
}

function measuredFacts(model: ReportModel): Fact[] {
  const bytes =
    model.byteUnit === "binary"
      ? "KiB, MiB and GiB are 2^10, 2^20 and 2^30 bytes"
      : "kB, MB and GB are 10^3, 10^6 and 10^9 bytes";
  return [
    {
      label: "Score",
      value:
        "the task's GLUE score on the dev set, 0 to 100 (the mean of its metrics where it has two), of the best evaluation; means are means of the tasks' means, and a named GLUE mean is printed only when none of its tasks lacks",
    },
    { label: "Trainable parameters", value: "counted from what the method attaches and unfreezes" },
    {
      label: "Backward",
      value: "how many layers the gradient goes back through, derived from what the method attaches",
    },
    ...costColumns.map(({ label, measured }) => ({ label, value: measured })),
    { label: "Sensor", value: model.sensors.join("; ") || "no energy sensor was read" },
    { label: "Tokens/s", value: "real tokens trained on a second; padding is not counted" },
    {
      label: "Intervals",
      value:
        "95 % percentile bootstrap over the evaluation examples, exact, where the score is an accuracy (the mean over seeds, as if each seed erred on the same examples); the spread of seeds is their lowest and highest score; other scores need the predictions, which records do not keep",
    },
    { label: "Units", value: `${bytes}; 1 Wh = 3,600 J` },
    {
      label: "Missing figures",
      value: "written n/a with the reason, never 0; a sum or a peak with a part missing is missing",
    },
  ];
}
