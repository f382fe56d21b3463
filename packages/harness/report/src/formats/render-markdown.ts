import { barPanels } from "../charts/bar-panels.js";
import { lineChart } from "../charts/line-chart.js";
import { renderSvg, standaloneSvg } from "../charts/render-svg.js";
import type { ReportGroup, ReportModel } from "../model/model.js";
import { cleanText, escapeMarkdown, mapStrings } from "../text/text.js";
import { type CurveChart, curveCharts, expectedBestCharts, meanSpendCharts } from "../views/curve-charts.js";
import { reportView } from "../views/report-view.js";
import { panelDescription, summaryPanels } from "../views/summary-bars.js";
import { renderTemplate } from "./templates.js";

/** A Markdown report and the pictures to write beside it, by their path relative to it (folders may have to be made). */
export interface MarkdownReport {
  readonly markdown: string;
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

export interface MarkdownOptions {
  /** Folder of the pictures, relative to the Markdown file; default "report-charts". */
  readonly pictureFolder?: string;
}

/** The report as Markdown (GitHub's tables) with SVG pictures as files beside it. */
export function renderMarkdown(model: ReportModel, options: MarkdownOptions = {}): MarkdownReport {
  const folder = options.pictureFolder ?? "report-charts";
  const drawn = model.groups.map((group) => pictures(group, folder));
  const view = { ...reportView(model) };
  const escaped = mapStrings(
    { ...view, groups: view.groups.map((group, index) => ({ ...group, ...drawn[index]!.view })) },
    (text) => escapeMarkdown(cleanText(text)),
  );
  const markdown = renderTemplate("markdown", escaped)
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return { markdown: `${markdown}\n`, files: drawn.flatMap(({ files }) => files) };
}

function pictures(group: ReportGroup, folder: string) {
  const files: { name: string; content: string }[] = [];
  const add = (name: string, svg: string) => {
    const file = `${folder}/${group.id}-${name}.svg`;
    files.push({ name: file, content: standaloneSvg(svg) });
    return file;
  };
  const panels = summaryPanels(group);
  const picture =
    panels.length === 0
      ? null
      : {
          description: panels.map(panelDescription).join(". "),
          file: add("summary", renderSvg(barPanels(panels, panels.length === 4 ? 2 : 3), "summary")),
        };
  const draw = (chart: CurveChart) => ({
    description: chart.description,
    file: add(chart.name, renderSvg(lineChart(chart, group, { legend: true }), chart.name)),
  });
  return {
    files,
    view: {
      picture,
      expectedBest: expectedBestCharts(group).map(draw),
      spend: meanSpendCharts(group).map(draw),
      curves: curveCharts(group).flat().map(draw),
    },
  };
}
