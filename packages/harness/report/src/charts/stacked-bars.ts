import { seriesColour } from "./palette.js";
import type { ChartOption } from "./render-svg.js";
import { mostLinesOf, widestLine, wrapLabel } from "./wrap-label.js";

/** One bar: its parts by name, which add up to its length, and what is written behind it. */
export interface StackedBar {
  readonly label: string;
  readonly parts: Readonly<Record<string, number>>;
  readonly text: string;
}

const [labelWidth, lineHeight] = [28, 15];
const width = 900;

/** Horizontal bars from top to bottom, made of parts in one order with a legend above. */
export function stackedBars(bars: readonly StackedBar[]): ChartOption {
  const parts = Object.keys(bars[0]?.parts ?? {});
  const labels = bars.map(({ label }) => wrapLabel(label, labelWidth));
  const gutter = 16 + 7 * widestLine(labels);
  const rowHeight = lineHeight * (1 + mostLinesOf(labels));
  return {
    width,
    height: 60 + bars.length * rowHeight,
    option: {
      legend: {
        data: parts,
        top: 0,
        left: 0,
        itemGap: 24,
        textStyle: { color: "var(--text)" },
        itemWidth: 14,
        itemHeight: 10,
      },
      grid: { left: gutter, top: 40, width: width - gutter - 100, height: bars.length * rowHeight },
      xAxis: { type: "value", show: false, min: 0, max: Math.max(1, ...bars.map(lengthOf)) },
      yAxis: {
        type: "category",
        inverse: true,
        data: labels.map((lines) => lines.join("\n")),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: "var(--line)" } },
        axisLabel: { color: "var(--text)", fontSize: 12, lineHeight, interval: 0 },
      },
      series: parts.map((part, index) => ({
        name: part,
        type: "bar",
        stack: "all",
        silent: true,
        barWidth: 17,
        itemStyle: { color: seriesColour(index) },
        data: bars.map((bar) => ({
          value: bar.parts[part] ?? 0,
          label: {
            show: index === parts.length - 1,
            position: "right",
            color: "var(--text)",
            fontSize: 12,
            formatter: () => bar.text,
          },
        })),
      })),
    },
  };
}

const lengthOf = ({ parts }: StackedBar): number => Object.values(parts).reduce((sum, value) => sum + value, 0);
