import type { EChartsCoreOption } from "echarts/core";
import { type ParetoAxis, type ParetoData, paretoFront, placed } from "../statistics/pareto.js";

/** Resolves a colour, "var(--text)" or the like: as it is on the server, to its value in a page. */
export type ColourOf = (colour: string) => string;

const logarithmicFrom = 30;

/** Methods as points on two chosen axes, the Pareto front as steps; the same option on the server and in the page. */
export function scatterChart(
  data: ParetoData,
  xKey: string,
  yKey: string,
  colour: ColourOf,
  interactive: boolean,
): EChartsCoreOption {
  const x = axisOf(data, xKey);
  const y = axisOf(data, yKey);
  const points = placed(data.points, x.key, y.key);
  const front = paretoFront(points, x, y);
  return {
    animation: false,
    textStyle: { fontFamily: "system-ui, sans-serif" },
    grid: { left: 64, right: 28, top: 30, bottom: 52 },
    ...(interactive ? { tooltip: tooltip(colour) } : {}),
    xAxis: {
      ...axisOption(
        x,
        points.map((point) => point.x),
        colour,
      ),
      nameLocation: "middle",
      nameGap: 30,
    },
    yAxis: {
      ...axisOption(
        y,
        points.map((point) => point.y),
        colour,
      ),
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
        data: points.map(({ point, x: atX, y: atY }) => ({
          name: point.label,
          value: [atX, atY],
          itemStyle: {
            color: front.some((other) => other.point === point) ? colour(point.colour) : colour("var(--surface)"),
            borderColor: colour(point.colour),
            borderWidth: 2,
          },
          label: {
            show: points.length <= 16,
            position: "top",
            distance: 6,
            color: colour("var(--text)"),
            fontSize: 12,
            formatter: () => shortLabel(point.label),
          },
          tooltip: {
            formatter: () =>
              [point.label, `${x.label}: ${point.texts[x.key]}`, `${y.label}: ${point.texts[y.key]}`]
                .map(escapeHtml)
                .join("<br>"),
          },
        })),
        labelLayout: { moveOverlap: "shiftY" },
        z: 2,
      },
    ],
  };
}

function axisOf({ axes }: ParetoData, key: string): ParetoAxis {
  return axes.find((axis) => axis.key === key) ?? axes[0]!;
}

function axisOption(axis: ParetoAxis, values: readonly number[], colour: ColourOf) {
  const low = Math.min(...values);
  const logarithmic = low > 0 && Math.max(...values) / low >= logarithmicFrom;
  const better = axis.better === "less" ? "less is better" : "more is better";
  return {
    type: logarithmic ? "log" : "value",
    scale: true,
    ...(logarithmic ? {} : { boundaryGap: ["8%", "12%"] }),
    name: `${axis.label}${axis.unit ? `, ${axis.unit}` : ""} (${better}${logarithmic ? ", log scale" : ""})`,
    nameTextStyle: { color: colour("var(--muted)"), fontSize: 12 },
    axisLabel: { color: colour("var(--muted)"), fontSize: 12, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: colour("var(--line)") } },
    splitLine: { lineStyle: { color: colour("var(--line)") } },
    splitNumber: 4,
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

function shortLabel(label: string): string {
  const letters = [...label];
  return letters.length <= 24 ? label : `${letters.slice(0, 14).join("")}…${letters.slice(-9).join("")}`;
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
