import type { EChartsCoreOption } from "echarts/core";
import { type ParetoAxis, type ParetoData, type PlacedPoint, paretoFront, placed } from "../statistics/pareto.js";
import { formatNumber } from "../text/format.js";
import { type AxisScale, axisScale, shareOf } from "./axis-scale.js";
import { type Box, type Offset, placeLabels } from "./place-labels.js";
import type { ChartSize } from "./render-svg.js";
import { widestLine, wrapLabel } from "./wrap-label.js";

/** Resolves a colour, "var(--text)" or the like: as it is on the server, to its value in a page. */
type ColourOf = (colour: string) => string;

export interface ScatterOptions {
  readonly colour: ColourOf;
  readonly size: ChartSize;
  /** With tooltips, for a page with script. */
  readonly interactive: boolean;
}

/** More points have no room for names; a page shows them when asked. */
const mostLabels = 24;
const margins = { left: 64, right: 28, top: 30, bottom: 52 };
const [lineHeight, letterWidth] = [14, 6.6];

/** Methods as points on two chosen axes, the Pareto front as steps; the same option on the server and in the page. */
export function scatterChart(
  data: ParetoData,
  xKey: string,
  yKey: string,
  { colour, size, interactive }: ScatterOptions,
): EChartsCoreOption {
  const x = axisOf(data, xKey);
  const y = axisOf(data, yKey);
  const points = placed(data.points, x.key, y.key);
  const front = paretoFront(points, x, y);
  const xScale = axisScale(points.map((point) => point.x));
  const yScale = axisScale(points.map((point) => point.y));
  const names = points.map(({ point }) => wrapLabel(point.label, 24));
  const offsets = labelOffsets(points, names, front, { x: xScale, y: yScale }, x.better, size);
  return {
    animation: false,
    textStyle: { fontFamily: "system-ui, sans-serif" },
    grid: margins,
    ...(interactive ? { tooltip: tooltip(colour) } : {}),
    xAxis: { ...axisOption(x, xScale, colour), nameLocation: "middle", nameGap: 30 },
    yAxis: {
      ...axisOption(y, yScale, colour),
      nameLocation: "end",
      nameGap: 12,
      nameTextStyle: { align: "left", color: colour("var(--muted)"), fontSize: 12, padding: [0, 0, 0, -52] },
    },
    series: [
      {
        type: "line",
        silent: true,
        symbol: "none",
        step: x.better === "less" ? "end" : "start", // what is reached for less than the next point's cost
        data: front.map((point) => [point.x, point.y]),
        lineStyle: { color: colour("var(--muted)"), width: 1.5, type: "dashed" },
        z: 1,
      },
      {
        type: "scatter",
        silent: !interactive,
        symbolSize: 13,
        data: points.map(({ point, x: atX, y: atY }, index) => ({
          name: point.label,
          value: [atX, atY],
          itemStyle: {
            color: front.some((other) => other.point === point) ? colour(point.colour) : colour("var(--surface)"),
            borderColor: colour(point.colour),
            borderWidth: 2,
          },
          label: {
            show: points.length <= mostLabels,
            position: "inside",
            offset: [offsets[index]!.dx, offsets[index]!.dy],
            color: colour("var(--text)"),
            fontSize: 12,
            lineHeight,
            formatter: () => names[index]!.join("\n"),
          },
          tooltip: {
            formatter: () =>
              [point.label, `${x.label}: ${point.texts[x.key]}`, `${y.label}: ${point.texts[y.key]}`]
                .map(escapeHtml)
                .join("<br>"),
          },
        })),
        z: 2,
      },
    ],
  };
}

/** The labels lie where they cover neither each other nor a point, on a picture of this size. */
function labelOffsets(
  points: readonly PlacedPoint[],
  names: readonly (readonly string[])[],
  front: readonly PlacedPoint[],
  scales: { readonly x: AxisScale; readonly y: AxisScale },
  better: ParetoAxis["better"],
  { width, height }: ChartSize,
): Offset[] {
  const plot = { width: width - margins.left - margins.right, height: height - margins.top - margins.bottom };
  const place = ({ x, y }: PlacedPoint) => ({
    x: margins.left + plot.width * shareOf(x, scales.x),
    y: margins.top + plot.height * (1 - shareOf(y, scales.y)),
  });
  const labelled = points.map((point, index) => ({
    ...place(point),
    width: letterWidth * widestLine([names[index]!]),
    height: lineHeight * names[index]!.length,
  }));
  const bounds = { x: margins.left, y: margins.top, width: width - margins.left, height: plot.height };
  return placeLabels(labelled, { bounds, obstacles: frontBoxes(front.map(place), better) });
}

/** The steps of the front as thin boxes. */
function frontBoxes(front: readonly { readonly x: number; readonly y: number }[], better: ParetoAxis["better"]): Box[] {
  return front.slice(1).flatMap((to, index) => {
    const from = front[index]!;
    const corner = better === "less" ? { x: to.x, y: from.y } : { x: from.x, y: to.y };
    return [
      { x: Math.min(from.x, to.x), y: corner.y - 2, width: Math.abs(to.x - from.x), height: 4 },
      { x: corner.x - 2, y: Math.min(from.y, to.y), width: 4, height: Math.abs(to.y - from.y) },
    ];
  });
}

function axisOf({ axes }: ParetoData, key: string): ParetoAxis {
  return axes.find((axis) => axis.key === key) ?? axes[0]!;
}

function axisOption(axis: ParetoAxis, { min, max, interval, logarithmic }: AxisScale, colour: ColourOf) {
  const better = axis.better === "less" ? "less is better" : "more is better";
  return {
    type: logarithmic ? "log" : "value",
    min,
    max,
    ...(logarithmic ? {} : { interval }),
    name: `${axis.label}${axis.unit ? `, ${axis.unit}` : ""} (${better}${logarithmic ? ", log scale" : ""})`,
    nameTextStyle: { color: colour("var(--muted)"), fontSize: 12 },
    axisLabel: { color: colour("var(--muted)"), fontSize: 12, hideOverlap: true, formatter: formatNumber },
    axisLine: { show: true, lineStyle: { color: colour("var(--line)") } },
    splitLine: { lineStyle: { color: colour("var(--line)") } },
  };
}

function tooltip(colour: ColourOf) {
  return {
    trigger: "item",
    confine: true,
    backgroundColor: colour("var(--surface)"),
    borderColor: colour("var(--line)"),
    textStyle: { color: colour("var(--text)"), fontSize: 13 },
  };
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
