import { formatFlops } from "../forecast/figures.js";
import type { Figure } from "../model/figure.js";
import type { ReportGroup } from "../model/model.js";
import { pscpFormula } from "../model/pscp.js";
import { distinct } from "../statistics/statistics.js";
import { formatScore } from "../text/format.js";
import type { CellInput } from "./table.js";

/** The columns of PSCP, a cell a row of the summary; none where it was not asked for. */
export function pscpColumns({ summary }: ReportGroup): { readonly header: string; readonly cells: CellInput[] }[] {
  if (!hasPscp(summary)) return [];
  const column = (key: "forwardFlops" | "pscp", format: (value: number) => string): CellInput[] =>
    summary.map(({ pscp }) => cell(pscp?.[key], format));
  return [
    { header: "Forward FLOPs, one row", cells: column("forwardFlops", formatFlops) },
    { header: "PSCP", cells: column("pscp", formatScore) },
  ];
}

const hasPscp = (summary: ReportGroup["summary"]): boolean => summary.some(({ pscp }) => pscp !== null);

function cell(figure: Figure | undefined, format: (value: number) => string): CellInput {
  if (figure === undefined || figure.value === null) return { missing: figure?.reason ?? "not counted" };
  return { text: format(figure.value), value: figure.value };
}

/** The formula, and what its FLOPs are of. */
export function pscpRemarks({ summary, trained, headParams }: ReportGroup): string[] {
  if (!hasPscp(summary)) return [];
  const { maxLength, maxTargetLength } = trained.settings;
  const answer = headParams.length > 0 ? "" : ` and an answer of ${maxTargetLength}`;
  const [first, ...others] = distinct(summary.flatMap(({ means }) => means.map(({ name }) => name)));
  const score = others.length > 0 ? ` The score is ${first}.` : "";
  return [
    `${pscpFormula}.${score} FLOPs are counted, not measured: those of answering one row of ${maxLength} tokens${answer}.`,
  ];
}
