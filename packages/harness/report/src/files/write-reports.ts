import { join } from "node:path";
import { renderCsv } from "../formats/render-csv.js";
import { renderHtml } from "../formats/render-html.js";
import { renderLatex } from "../formats/render-latex.js";
import { renderMarkdown } from "../formats/render-markdown.js";
import type { ReportModel } from "../model/model.js";
import { type GeneratedFile, writeGenerated } from "./generated-files.js";

/** A format that a report is written in. */
export type ReportFormat = "html" | "md" | "latex" | "csv";

const render: Record<ReportFormat, (model: ReportModel) => readonly [GeneratedFile, ...GeneratedFile[]]> = {
  html: (model) => [{ name: "report.html", content: renderHtml(model) }],
  md: (model) => {
    const { markdown, files } = renderMarkdown(model);
    return [{ name: "report.md", content: markdown }, ...files];
  },
  latex: (model) => [{ name: "report.tex", content: renderLatex(model) }],
  csv: (model) => [{ name: "report.csv", content: renderCsv(model) }],
};

/**
 * Writes a report in each format with its pictures, every file whole or not at all. Returns the paths of the reports.
 *
 * @throws ForeignFileError where a file that is not ours is in the way; nothing is written then
 */
export async function writeReports(
  directory: string,
  model: ReportModel,
  formats: readonly ReportFormat[] = ["html", "md"],
): Promise<string[]> {
  const reports = formats.map((format) => render[format](model));
  await writeGenerated(directory, reports.flat());
  return reports.map(([{ name }]) => join(directory, name));
}
