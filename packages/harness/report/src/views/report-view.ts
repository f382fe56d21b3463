import type { Fact, ReportGroup, ReportModel } from "../model/model.js";
import { formatCount } from "../text/format.js";
import { detailTables } from "./detail-tables.js";
import { differenceTables } from "./difference-tables.js";
import { measuredFacts } from "./measured-facts.js";
import { plannedView, publishedView, type QuotedTable } from "./published-view.js";
import { reachTable } from "./reach-table.js";
import { runsTable } from "./runs-table.js";
import { searchTable } from "./search-tables.js";
import { summaryRemarks, summaryTable } from "./summary-table.js";
import { type Table, TableBuilder } from "./table.js";
import { verdict } from "./verdict.js";

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
  /** What the figures say, in sentences; null where there is nothing to say. */
  readonly verdict: string | null;
  readonly notices: readonly string[];
  readonly summary: Table;
  readonly remarks: readonly string[];
  /** Pairs that were tested. */
  readonly differences: readonly Table[];
  readonly search: Table | null;
  readonly reach: Table | null;
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
function subtitle({ runs, trials, groups }: ReportModel): string {
  const count = (number: number, name: string) => `${formatCount(number)} ${name}${number === 1 ? "" : "s"}`;
  const made = `${count(runs, "run")}${trials === 0 ? "" : ` after ${count(trials, "trial")}`}`;
  const [group, ...others] = groups;
  if (group === undefined || others.length > 0) return made;
  const methods = count(new Set(group.variants.map(({ method }) => method)).size, "method");
  const seeds = new Set(group.results.flatMap((result) => result.seeds)).size;
  const parts = [methods, count(group.tasks.length, "task"), ...(seeds > 0 ? [count(seeds, "seed")] : [])];
  return `${made}: ${parts.join(", ")}; ${group.name}`;
}

function groupView(group: ReportGroup, model: ReportModel): GroupView {
  return {
    id: group.id,
    heading: model.groups.length > 1 ? `Group ${model.groups.indexOf(group) + 1}: ${group.name}` : null,
    facts: group.facts,
    headlines: group.headlines,
    verdict: verdict(group),
    notices: group.notices,
    summary: summaryTable(group),
    remarks: summaryRemarks(group, model),
    differences: differenceTables(group),
    search: searchTable(group),
    reach: reachTable(group),
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

/** All tables of a group that stand by themselves, the summary first. */
export function groupTables({ summary, differences, search, reach, tables }: GroupView): Table[] {
  return [summary, ...differences, ...[search, reach].filter((table) => table !== null), ...tables];
}
