import type { ReportGroup } from "../model/model.js";
import type { TaskReach } from "../model/reach.js";
import { formatCount, formatPercent, formatScore } from "../text/format.js";
import { costCells } from "./figures.js";
import { type CellInput, type Table, TableBuilder } from "./table.js";
import { variantLabel } from "./variant-label.js";

/** What it took each method to first score a share of what the reference reaches, energy where it was measured; null where there is no reference to reach. */
export function reachTable(group: ReportGroup): Table | null {
  const [first] = group.reach;
  if (first === undefined || group.reference === null) return null;
  const share = formatPercent(first.share);
  const caption = `Updates, time and energy until ${share} of the best evaluation of ${variantLabel(group, group.reference)}`;
  const isMeasured = group.reach.some(({ rows }) => rows.some(({ energyJ }) => energyJ.value !== null));
  const headers = ["Task", "Method", "Target", "Updates", "Training time", ...(isMeasured ? ["Energy, training"] : [])];
  const table = new TableBuilder(`${group.id}-reach`, caption, headers, [0, 1]);
  for (const task of group.reach) addRows(table, group, task, isMeasured);
  return table.build();
}

function addRows(
  table: TableBuilder,
  group: ReportGroup,
  { label, target, note, rows }: TaskReach,
  withEnergy: boolean,
): void {
  const updates = rows.map(({ updates: { value, reason, relative } }): CellInput => {
    if (value === null) return { missing: reason ?? "not recorded" };
    const detail = relative === null ? null : formatPercent(relative);
    return { text: formatCount(Math.round(value)), value, detail, relative: true };
  });
  const times = costCells(
    rows.map(({ timeS }) => timeS),
    { unit: "seconds" },
  );
  const energies = costCells(
    rows.map(({ energyJ }) => energyJ),
    { unit: "joules" },
  );
  for (const [index, { variant }] of rows.entries()) {
    const goal = { text: formatScore(target), value: target, note };
    const energy = withEnergy ? [energies[index]!] : [];
    table.row([label, variantLabel(group, variant), goal, updates[index]!, times[index]!, ...energy]);
  }
}
