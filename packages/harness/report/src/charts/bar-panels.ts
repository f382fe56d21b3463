import type { ChartOption } from "./render-svg.js";

/** One panel of horizontal bars; `bars` from top to bottom, `value` null where there is none. */
export interface BarPanel {
  readonly title: string;
  readonly bars: readonly {
    readonly label: string;
    readonly value: number | null;
    readonly text: string;
    readonly colour: string;
  }[];
}

const panelWidth = 400;
const rowHeight = 28;

const longest = 20;

/** A long label without its middle: variants of one method differ at the end. */
function shorten(label: string): string {
  const letters = [...label];
  if (letters.length <= longest) return label;
  return `${letters.slice(0, longest / 2).join("")}…${letters.slice(1 - longest / 2).join("")}`;
}

/** Panels beside each other, `columns` a row, each with its own zero-based axis and its values written on the bars. */
export function barPanels(panels: readonly BarPanel[], columns: number): ChartOption {
  const rows = Math.max(1, ...panels.map(({ bars }) => bars.length));
  const labels = panels.flatMap(({ bars }) => bars.map(({ label }) => shorten(label).length));
  const gutter = 16 + 7 * Math.max(4, ...labels);
  const height = 34 + rows * rowHeight + 18;
  const left = (index: number) => (index % columns) * panelWidth;
  const top = (index: number) => Math.floor(index / columns) * height;
  return {
    width: panelWidth * Math.min(columns, panels.length),
    height: height * Math.ceil(panels.length / columns),
    option: {
      title: panels.map(({ title }, index) => ({
        text: title,
        left: left(index),
        padding: 0,
        top: top(index),
        textStyle: { color: "var(--text)", fontSize: 13, fontWeight: 600 },
      })),
      grid: panels.map(({ bars }, index) => ({
        left: left(index) + gutter,
        top: top(index) + 30,
        width: panelWidth - gutter - 130, // room for the value after the longest bar
        height: bars.length * rowHeight,
      })),
      xAxis: panels.map(({ bars }, index) => ({
        type: "value",
        gridIndex: index,
        show: false,
        min: 0,
        max: Math.max(...bars.map(({ value }) => value ?? 0)) || 1,
      })),
      yAxis: panels.map(({ bars }, index) => ({
        type: "category",
        gridIndex: index,
        inverse: true,
        data: bars.map(({ label }) => shorten(label)),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: "var(--line)" } },
        axisLabel: { color: "var(--text)", fontSize: 12, interval: 0 },
      })),
      series: panels.map(({ bars }, index) => ({
        type: "bar",
        silent: true,
        xAxisIndex: index,
        yAxisIndex: index,
        barWidth: 15,
        data: bars.map(({ value, text, colour }) => ({
          value: value ?? 0,
          itemStyle: { color: colour, borderRadius: [0, 3, 3, 0] },
          label: { show: true, position: "right", color: "var(--text)", fontSize: 12, formatter: () => text },
        })),
      })),
    },
  };
}
