import { legendGap, legendRowHeight, legendRows } from "./legend.js";
import { seriesColour } from "./palette.js";
import { type ChartOption, renderSvg, standaloneSvg, withTitle } from "./render-svg.js";

/** One figure against another, both on logarithmic axes unless `yScale` says otherwise; a line joins the points of one label. */
export interface LinePanel {
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
  readonly xName?: string;
  readonly yName?: string;
  readonly yScale?: "log" | "linear";
}

const leastWidth = 720;
const leastPanelWidth = 250;
const panelHeight = 240;

/** The panels as one picture's file, `columns` a row. */
export function renderLinePanels(panels: readonly LinePanel[], columns: number): string {
  const svg = standaloneSvg(renderSvg(linePanels(panels, columns), "panels"));
  return withTitle(svg, panels.map(({ title }) => title).join("; "));
}

/** The panels as one picture, `columns` a row; a label has the same colour in all of them. */
export function linePanels(panels: readonly LinePanel[], columns: number): ChartOption {
  const width = Math.max(leastWidth, leastPanelWidth * columns);
  const panelWidth = width / columns;
  const labels = [...new Set(panels.flatMap(({ lines }) => lines.map(({ label }) => label)))];
  const legendHeight = legendRowHeight * legendRows(labels, width);
  const left = (index: number): number => (index % columns) * panelWidth;
  const top = (index: number): number => legendHeight + Math.floor(index / columns) * panelHeight;
  const axis = (index: number, name = "", isLog = true) => ({
    ...(isLog ? { type: "log" } : { type: "value", scale: true }),
    gridIndex: index,
    name,
    nameLocation: "middle",
    nameTextStyle: { color: "var(--muted)", fontSize: 11 },
    axisLabel: { color: "var(--muted)", fontSize: 10, hideOverlap: true, ...(isLog ? { formatter: short } : {}) },
    splitLine: { lineStyle: { color: "var(--line)" } },
  });
  const option = {
    legend: { data: labels, top: 0, left: 0, itemGap: legendGap, textStyle: { color: "var(--text)" } },
    title: panels.map(({ title }, index) => ({
      text: title,
      left: left(index),
      top: top(index),
      padding: 0,
      textStyle: { color: "var(--text)", fontSize: 12, fontWeight: 600 },
    })),
    grid: panels.map((_, index) => ({
      left: left(index) + 50,
      top: top(index) + 24,
      width: panelWidth - 70,
      height: panelHeight - 70,
    })),
    xAxis: panels.map(({ xName }, index) => ({ ...axis(index, xName), nameGap: 22 })),
    yAxis: panels.map(({ lines, yName, yScale }, index) => ({
      ...{ ...axis(index, yName, yScale !== "linear"), nameGap: 36 },
      ...(yScale === "linear" ? {} : range(lines)),
    })),
    series: panels.flatMap(({ lines }, index) =>
      lines.map(({ label, points }) => ({
        type: "line",
        name: label,
        silent: true,
        xAxisIndex: index,
        yAxisIndex: index,
        data: points,
        symbol: "circle",
        symbolSize: 6,
        lineStyle: { color: seriesColour(labels.indexOf(label)), width: 1.5 },
        itemStyle: { color: seriesColour(labels.indexOf(label)) },
      })),
    ),
  };
  const size = {
    width,
    height: legendHeight + panelHeight * Math.ceil(panels.length / columns),
  };
  return { option, ...size };
}

/** Room of a fifth above and below the values. */
function range(lines: LinePanel["lines"]): { min: number; max: number } {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  return { min: Math.min(...values) / 1.2, max: Math.max(...values) * 1.2 };
}

/** 1,500 as 1.5k, 2e9 as 2G. */
function short(value: number): string {
  const steps = [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  const [unit, name] = steps.find(([from]) => value >= from) ?? [1, ""];
  return `${Number((value / unit).toPrecision(2))}${name}`;
}
