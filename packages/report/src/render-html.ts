import { barPanels } from "./charts/bar-panels.js";
import { lineChart } from "./charts/line-chart.js";
import { cssVariables, darkPalette, lightPalette, seriesColour } from "./charts/palette.js";
import { renderSvg } from "./charts/render-svg.js";
import type { ReportGroup, ReportModel } from "./model.js";
import { renderTemplate } from "./templates.js";
import { cleanText, mapStrings } from "./text.js";
import { curveCharts } from "./view/curve-charts.js";
import { reportView } from "./view/report-view.js";
import { panelDescription, summaryPanels } from "./view/summary-bars.js";

/** The report as one HTML file: styles and pictures inside, no script, nothing loaded, light and dark. */
export function renderHtml(model: ReportModel): string {
  const view = mapStrings(reportView(model), cleanText);
  return renderTemplate("html", {
    ...view,
    groups: view.groups.map((group, index) => ({ ...group, ...pictures(model.groups[index]!, model) })),
    light: cssVariables(lightPalette),
    dark: cssVariables(darkPalette),
  });
}

function pictures(group: ReportGroup, model: ReportModel) {
  const panels = summaryPanels(group, model).map((panel, index) => ({
    description: panelDescription(panel),
    svg: renderSvg(barPanels([panel], 1), `${group.id}-bars-${index}`),
  }));
  const curves = curveCharts(group).map(({ title, description, lines }, index) => ({
    description,
    svg: renderSvg(lineChart(title, lines, group.variants, false), `${group.id}-curve-${index}`),
  }));
  const legend = group.variants.map(({ label }, index) => ({ label, colour: seriesColour(index) }));
  return { panels, curves, legend };
}
