import type { ChartOption } from "./render-svg.js";
import { mostLinesOf, widestLine, wrapLabel } from "./wrap-label.js";

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
const [labelWidth, lineHeight] = [20, 14];

/** Panels beside each other, `columns` a row, each with its own zero-based axis and its values written on the bars. */
export function barPanels(panels: readonly BarPanel[], columns: number): ChartOption {
  const rows = Math.max(1, ...panels.map(({ bars }) => bars.length));
  const labels = panels.map(({ bars }) => bars.map(({ label }) => wrapLabel(label, labelWidth)));
  const gutter = 16 + 7 * widestLine(labels.flat());
  const rowHeight = lineHeight * (1 + mostLinesOf(labels.flat()));
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
        data: bars.map((_, row) => labels[index]![row]!.join("\n")),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: "var(--line)" } },
        axisLabel: { color: "var(--text)", fontSize: 12, lineHeight, interval: 0 },
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
