import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ReportModel, renderHtml, renderMarkdown } from "@petl/report";

/** Writes `report.html`, `report.md` and its pictures, each whole or not at all; returns the paths of the two. */
export async function writeReports(directory: string, model: ReportModel): Promise<string[]> {
  const { markdown, files } = renderMarkdown(model);
  const all = [...files, { name: "report.html", content: renderHtml(model) }, { name: "report.md", content: markdown }];
  for (const { name, content } of all) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.partial`, content);
    await rename(`${path}.partial`, path);
  }
  return [join(directory, "report.html"), join(directory, "report.md")];
}
