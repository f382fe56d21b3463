import type { ChartOption } from "./render-svg.js";
import { mostLinesOf, widestLine, wrapLabel } from "./wrap-label.js";

const [labelWidth, lineHeight] = [18, 14];

/** One method on one task: its mean, the spread of its seeds, and the interval over examples where there is one. */
export interface ForestRow {
  readonly label: string;
  readonly colour: string;
  readonly mean: number;
  readonly seeds: { readonly low: number; readonly high: number } | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Drawn hollow, with a line through all rows. */
  readonly isBaseline: boolean;
}

/** Rows from top to bottom on one score axis: thin line the bootstrap interval, thick line the seeds, point the mean. */
export function forestChart(title: string, rows: readonly ForestRow[]): ChartOption {
  const span = (row: number, range: { low: number; high: number }, colour: string, width: number) => ({
    type: "line",
    silent: true,
    symbol: width < 3 ? "rect" : "none",
    symbolSize: [1.5, 9],
    data: [
      [range.low, row],
      [range.high, row],
    ],
    lineStyle: { color: colour, width },
    itemStyle: { color: colour },
  });
  const labels = rows.map(({ label }) => wrapLabel(label, labelWidth));
  const rowHeight = 10 + lineHeight * mostLinesOf(labels);
  const plotHeight = rows.length * rowHeight;
  return {
    width: 460,
    height: 54 + plotHeight,
    option: {
      title: {
        text: title,
        left: 0,
        top: 0,
        padding: 0,
        textStyle: { color: "var(--text)", fontSize: 13, fontWeight: 600 },
      },
      grid: { left: 12 + 7 * widestLine(labels), right: 20, top: 26, bottom: 28 },
      xAxis: {
        type: "value",
        scale: true,
        splitNumber: 4,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: "var(--muted)", fontSize: 12, hideOverlap: true },
        splitLine: { lineStyle: { color: "var(--line)" } },
      },
      yAxis: {
        type: "value",
        min: -0.6,
        max: rows.length - 0.4,
        inverse: true,
        interval: 1,
        axisLabel: { show: false },
        axisTick: { show: false },
        axisLine: { show: false },
        splitLine: { show: false },
      },
      series: rows.flatMap((row, index) => [
        ...(row.isBaseline ? [guide(row, rows.length)] : []),
        ...(row.interval ? [span(index, row.interval, row.colour, 1.5)] : []),
        ...(row.seeds ? [span(index, row.seeds, row.colour, 5)] : []),
        {
          type: "scatter",
          silent: true,
          symbolSize: 9,
          data: [[row.mean, index]],
          itemStyle: row.isBaseline
            ? { color: "var(--surface)", borderColor: row.colour, borderWidth: 1.5 }
            : { color: row.colour, borderColor: "var(--surface)", borderWidth: 1.5 },
        },
      ]),
      graphic: rows.map((_, index) => ({
        type: "text",
        silent: true,
        x: 0,
        y: 26 + ((index + 0.6) * plotHeight) / (rows.length + 0.2),
        style: {
          text: labels[index]!.join("\n"),
          verticalAlign: "middle",
          fill: "var(--text)",
          fontSize: 12,
          lineHeight,
          fontFamily: "system-ui, sans-serif",
        },
      })),
    },
  };
}

/** A dashed line at a baseline's score, from the first row to the last. */
function guide({ mean, colour }: ForestRow, rows: number) {
  return {
    type: "line",
    silent: true,
    symbol: "none",
    data: [
      [mean, -0.6],
      [mean, rows - 0.4],
    ],
    lineStyle: { color: colour, width: 1, type: "dashed" },
    z: 1,
  };
}
