import { escapeLatex, latexTable } from "./export/latex.js";
import type { ReportModel } from "./model.js";
import { cleanText, mapStrings } from "./text.js";
import { publishedTable } from "./view/published-view.js";
import { reportView } from "./view/report-view.js";

/** The tables of the report in LaTeX, to be `\input`; needs booktabs. Published figures stand in tables of their own. */
export function renderLatex(model: ReportModel): string {
  const view = mapStrings(reportView(model), cleanText);
  const groups = view.groups.flatMap(({ heading, summary, remarks, tables }) => [
    ...(heading === null ? [] : [`% ${heading}`]),
    latexTable(summary),
    ...remarks.map((remark) => `% ${remark}`),
    ...tables.map(latexTable),
  ]);
  const published = model.published.map((table) => latexTable(mapStrings(publishedTable(table), cleanText)));
  return [`% ${view.title}: ${view.subtitle}`, "% \\usepackage{booktabs}", ...groups, ...published, ""]
    .concat(model.empty === null ? [] : [escapeLatex(model.empty), ""])
    .join("\n");
}
