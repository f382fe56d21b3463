import { seriesColour } from "../charts/palette.js";
import { renderSvg, standaloneSvg, withTitle } from "../charts/render-svg.js";

/** One panel: a figure against trained parameters, both on logarithmic axes; a line joins the sizes of one method. */
export interface SweepPanel {
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
}

const panel = { width: 250, height: 240 };
const legendHeight = 30;

/** The panels as one picture, `columns` a row; a label has the same colour in all of them. */
export function renderSweep(
  panels: readonly SweepPanel[],
  columns: number,
  axisNames: readonly [string, string],
): string {
  const labels = [...new Set(panels.flatMap(({ lines }) => lines.map(({ label }) => label)))];
  const left = (index: number): number => (index % columns) * panel.width;
  const top = (index: number): number => legendHeight + Math.floor(index / columns) * panel.height;
  const axis = (index: number, name: string) => ({
    type: "log",
    gridIndex: index,
    name,
    nameLocation: "middle",
    nameTextStyle: { color: "var(--muted)", fontSize: 11 },
    axisLabel: { color: "var(--muted)", fontSize: 10, hideOverlap: true, formatter: power },
    splitLine: { lineStyle: { color: "var(--line)" } },
  });
  const option = {
    legend: { data: labels, top: 0, left: 0, itemGap: 24, textStyle: { color: "var(--text)" } },
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
      width: panel.width - 70,
      height: panel.height - 70,
    })),
    xAxis: panels.map((_, index) => ({ ...axis(index, axisNames[0]), nameGap: 22 })),
    yAxis: panels.map(({ lines }, index) => ({ ...axis(index, axisNames[1]), nameGap: 36, ...range(lines) })),
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
    width: panel.width * columns,
    height: legendHeight + panel.height * Math.ceil(panels.length / columns),
  };
  return withTitle(standaloneSvg(renderSvg({ option, ...size }, "sweep")), panels.map(({ title }) => title).join("; "));
}

/** Room of a fifth above and below the values. */
function range(lines: SweepPanel["lines"]): { min: number; max: number } {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  return { min: Math.min(...values) / 1.2, max: Math.max(...values) * 1.2 };
}

/** 1,500 as 1.5k, 2e9 as 2G. */
function power(value: number): string {
  const steps = [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  const [unit, name] = steps.find(([from]) => value >= from) ?? [1, ""];
  return `${Number((value / unit).toPrecision(2))}${name}`;
}
