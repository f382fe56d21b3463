import type { ReportModel } from "../model/model.js";
import { cleanText, mapStrings } from "../text/text.js";
import { groupTables, reportView } from "../views/report-view.js";
import { escapeLatex, latexTable } from "./export/latex.js";

const packages = "\\usepackage[T1]{fontenc}\\usepackage{booktabs,graphicx}";

/**
 * The tables of the report in LaTeX, to be `\input`; needs booktabs and graphicx. What was published or planned
 * stands in tables of its own.
 */
export function renderLatex(model: ReportModel): string {
  const view = mapStrings(reportView(model), cleanText);
  const groups = view.groups.flatMap((group) => {
    const [summary, ...others] = groupTables(group).map(latexTable);
    return [
      ...(group.heading === null ? [] : [`% ${group.heading}`]),
      ...(group.verdict === null ? [] : [`% Verdict: ${group.verdict}`]),
      ...group.headlines.map((headline) => `% ${headline}`),
      ...[summary!, ...group.remarks.map((remark) => `% ${remark}`), ...others],
    ];
  });
  const outside = [...view.planned, ...view.published].map(({ table }) => latexTable(table));
  return [`% ${view.title}: ${view.subtitle}`, `% ${packages}`, ...groups, ...outside, ""]
    .concat(model.empty === null ? [] : [escapeLatex(model.empty), ""])
    .join("\n");
}
