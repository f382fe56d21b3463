import { barPanels } from "../charts/bar-panels.js";
import { forestChart } from "../charts/forest-chart.js";
import { levelStyle, lineChart } from "../charts/line-chart.js";
import { type ChartSize, renderSvg } from "../charts/render-svg.js";
import { scatterChart } from "../charts/scatter-chart.js";
import { stackedBars } from "../charts/stacked-bars.js";
import { traceChart } from "../charts/trace-chart.js";
import { variantStyles } from "../charts/variant-styles.js";
import type { GroupTrace, ReportGroup } from "../model/model.js";
import { type ParetoData, paretoDescription } from "../statistics/pareto.js";
import { distinct } from "../statistics/statistics.js";
import { cleanText, mapStrings } from "../text/text.js";
import { type CurveChart, curveCharts, expectedBestCharts, meanSpendCharts } from "../views/curve-charts.js";
import { forests } from "../views/forest.js";
import { heatMap } from "../views/heat-map.js";
import { memoryBars } from "../views/memory-bars.js";
import { paretoData } from "../views/pareto-view.js";
import { panelDescription, summaryPanels } from "../views/summary-bars.js";

/** Every picture of a group, drawn; the scatter with the data that the page draws it from again. */
export function htmlPictures(group: ReportGroup) {
  const panels = summaryPanels(group).map((panel, index) => ({
    description: panelDescription(panel),
    svg: renderSvg(barPanels([panel], 1), `${group.id}-bars-${index}`),
  }));
  const draw = (chart: CurveChart, size?: ChartSize) => ({
    description: chart.description,
    svg: renderSvg(lineChart(chart, group, { size }), `${group.id}-${chart.name}`),
  });
  const heat = heatMap(group);
  const styles = variantStyles(group);
  return {
    panels,
    curves: curveCharts(group).map((charts) => charts.map((chart) => draw(chart))),
    spend: meanSpendCharts(group).map((chart) => draw(chart, { width: 620, height: 320 })),
    expectedBest: expectedBestCharts(group).map((chart) => draw(chart)),
    memory: memoryPicture(group),
    scatter: scatterPicture(group),
    heat: heat && {
      ...heat,
      rows: heat.rows.map((row) => ({
        ...row,
        cells: row.cells.map((cell) => ({ ...cell, shaded: cell.shade !== null })),
      })),
    },
    forests: forests(group).map(({ title, rows, description }, index) => ({
      description,
      svg: renderSvg(forestChart(title, rows), `${group.id}-forest-${index}`),
    })),
    traces: group.traces.flatMap((trace, index) => tracePictures(group, trace, index)),
    legend: group.variants.map(({ id, label }) => ({ label, ...styles.get(id)! })),
    levels: levelLegend(group),
  };
}

/** The dashed and dotted lines across the score curves. */
function levelLegend(group: ReportGroup) {
  const labels = curveCharts(group).flatMap((charts) =>
    charts.flatMap(({ levels }) => levels.map(({ label }) => label)),
  );
  const { colour, types } = levelStyle;
  return distinct(labels).map((label, index) => ({ label, colour, type: types[index % types.length] }));
}

function memoryPicture(group: ReportGroup) {
  const bars = memoryBars(group);
  if (bars.length === 0) return null;
  return {
    description: `Tensor memory at the training peak: ${bars.map(({ label, text }) => `${label} ${text}`).join(", ")}`,
    svg: renderSvg(stackedBars(bars), `${group.id}-memory`),
  };
}

function scatterPicture(group: ReportGroup) {
  const found = paretoData(group);
  if (found === null) return null;
  const data: ParetoData = mapStrings(found, cleanText);
  const id = `${group.id}-scatter`;
  const size = { width: 760, height: 416 };
  const option = scatterChart(data, data.x, data.y, { colour: (name) => name, size, interactive: false });
  const choices = (selected: string) => data.axes.map((axis) => ({ ...axis, selected: axis.key === selected }));
  return {
    id,
    data,
    xAxes: choices(data.x),
    yAxes: choices(data.y),
    description: paretoDescription(data, data.x, data.y),
    svg: renderSvg({ option, ...size }, id),
  };
}

function tracePictures(group: ReportGroup, { variant, title, trace }: GroupTrace, index: number) {
  const { colour } = variantStyles(group).get(variant)!;
  const draw = (kind: string, unit: string, points: GroupTrace["trace"]["powerW"]) => ({
    description: `${title}: ${kind} in ${unit} over time, ${trace.windows.length} windows`,
    svg: renderSvg(
      traceChart(`${title}: ${kind}`, unit, points, trace.windows, colour),
      `${group.id}-${kind}-${index}`,
    ),
  });
  const memory = trace.memoryBytes.map(([atS, bytes]) => [atS, bytes / 1e6] as const);
  return [
    ...(trace.powerW.length > 0 ? [draw("power", "W", trace.powerW)] : []),
    ...(memory.length > 0 ? [draw("memory", "MB", memory)] : []),
  ];
}
