import { dirname, join } from "node:path";
import { makeDirectory, writeWhole } from "@petl/files";
import { type ReportModel, renderCsv, renderHtml, renderLatex, renderMarkdown } from "@petl/report";

export type ReportFormat = "html" | "md" | "latex" | "csv";

const render: Record<ReportFormat, (model: ReportModel) => readonly { name: string; content: string }[]> = {
  html: (model) => [{ name: "report.html", content: renderHtml(model) }],
  md: (model) => {
    const { markdown, files } = renderMarkdown(model);
    return [{ name: "report.md", content: markdown }, ...files];
  },
  latex: (model) => [{ name: "report.tex", content: renderLatex(model) }],
  csv: (model) => [{ name: "report.csv", content: renderCsv(model) }],
};

/** Writes the reports of the asked formats and their pictures, each whole or not at all; returns the reports' paths. */
export async function writeReports(
  directory: string,
  model: ReportModel,
  formats: readonly ReportFormat[] = ["html", "md"],
): Promise<string[]> {
  const written: string[] = [];
  for (const files of formats.map((format) => render[format](model))) {
    for (const { name, content } of [...files].reverse()) {
      const path = join(directory, name);
      makeDirectory(dirname(path));
      await writeWhole(path, content);
    }
    written.push(join(directory, files[0]!.name));
  }
  return written;
}
