import type { ReportGroup } from "../model/model.js";
import { formatBytes, formatScore, formatSeconds } from "../text/format.js";
import { type CellInput, type Table, TableBuilder } from "./table.js";
import { variantLabel } from "./variant-label.js";

/** Every run with links to its record and trace; null where the addresses of the records are not known. */
export function runsTable(group: ReportGroup): Table | null {
  if (group.runs.every(({ record }) => record === null)) return null;
  const headers = ["Task", "Method", "Seed", "State", "Score", "Training time", "Peak tensor memory", "Started"];
  const table = new TableBuilder(
    `${group.id}-runs`,
    "Every run and its record",
    [...headers, "Commit", "Record", "Trace"],
    [0, 1, 3, 7, 8, 9, 10],
  );
  const figure = (value: number | null, text: (value: number) => string): CellInput =>
    value === null ? { missing: "the run did not get this far" } : { text: text(value), value };
  const link = (href: string | null, text: string): CellInput => (href === null ? "none" : { text, href });
  for (const run of group.runs) {
    table.row([
      group.tasks.find(({ name }) => name === run.task)?.label ?? run.task,
      variantLabel(group, run.variant),
      { text: String(run.seed), value: run.seed },
      run.status,
      figure(run.score, formatScore),
      figure(run.trainTimeS, formatSeconds),
      figure(run.peakTensorBytes, formatBytes),
      run.startedAt.slice(0, 16).replace("T", " "),
      run.commit?.slice(0, 10) ?? "not known",
      link(run.record, "JSON"),
      link(run.trace, "CSV"),
    ]);
  }
  return table.build();
}
