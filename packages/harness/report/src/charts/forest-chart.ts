import type { ChartOption } from "./render-svg.js";

/** One method on one task: its mean, the spread of its seeds, and the interval over examples where there is one. */
export interface ForestRow {
  readonly label: string;
  readonly colour: string;
  readonly mean: number;
  readonly seeds: { readonly low: number; readonly high: number } | null;
  readonly interval: { readonly low: number; readonly high: number } | null;
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
  return {
    width: 460,
    height: 56 + rows.length * 24,
    option: {
      title: {
        text: title,
        left: 0,
        top: 0,
        padding: 0,
        textStyle: { color: "var(--text)", fontSize: 13, fontWeight: 600 },
      },
      grid: { left: 130, right: 20, top: 26, bottom: 28 },
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
        ...(row.interval ? [span(index, row.interval, row.colour, 1.5)] : []),
        ...(row.seeds ? [span(index, row.seeds, row.colour, 5)] : []),
        {
          type: "scatter",
          silent: true,
          symbolSize: 9,
          data: [[row.mean, index]],
          itemStyle: { color: row.colour, borderColor: "var(--surface)", borderWidth: 1.5 },
        },
      ]),
      graphic: rows.map((row, index) => ({
        type: "text",
        silent: true,
        left: 0,
        top: 26 + (index + 0.1 + 0.25) * ((rows.length * 24 + 2) / rows.length) - 2,
        style: { text: short(row.label), fill: "var(--text)", fontSize: 12, fontFamily: "system-ui, sans-serif" },
      })),
    },
  };
}

function short(label: string): string {
  const letters = [...label];
  return letters.length <= 18 ? label : `${letters.slice(0, 10).join("")}…${letters.slice(-7).join("")}`;
}
