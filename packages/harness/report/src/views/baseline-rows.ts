import { type Baseline, baselineMean } from "../model/baseline.js";
import type { ReportGroup } from "../model/model.js";
import { formatScore } from "../text/format.js";
import type { CellInput, TableBuilder } from "./table.js";

/** The baselines that are known on some task. */
export function knownBaselines({ baselines }: ReportGroup): Baseline[] {
  return baselines.filter(({ absent }) => absent === null);
}

/** Adds a row for each baseline: its mean over each of several sets of tasks, then nothing up to `columns` cells. */
export function addBaselineRows(
  table: TableBuilder,
  group: ReportGroup,
  sets: readonly (readonly string[])[],
  columns: number,
): void {
  for (const baseline of knownBaselines(group)) {
    const cells = [baseline.label, ...sets.map((tasks) => baselineCell(baseline, tasks))];
    table.footer([...cells, ...Array.from({ length: columns - cells.length }, () => "")]);
  }
}

/** One answer to every example is named. */
function baselineCell(baseline: Baseline, tasks: readonly string[]): CellInput {
  const score = baselineMean(baseline, tasks);
  if (score === null) return { missing: "this baseline is not known for every task" };
  const own = tasks.length === 1 ? baseline.scores.find(({ task }) => task === tasks[0]) : undefined;
  return { text: formatScore(score), value: score, detail: own?.answer ?? null };
}

/** Which baselines the figures lack, in sentences. */
export function baselineRemarks({ baselines, summary }: ReportGroup): string[] {
  const lacking = baselines.filter(({ absent }) => absent !== null);
  if (lacking.length === 0 || summary.every(({ means }) => means.length === 0)) return [];
  const reasons = lacking.map(({ label, absent }) => `${label.toLowerCase()}: ${absent}`).join("; ");
  const remark = `${lacking.length === 1 ? "A baseline is" : "Baselines are"} missing (${reasons}).`;
  return lacking.some(({ kind }) => kind === "constant")
    ? [
        `${remark} One answer to every example may score as high, so a score alone does not show that anything was learned.`,
      ]
    : [remark];
}
