import type { TracePoint, TraceWindow } from "../model/trace.js";
import { formatNumber } from "../text/format.js";
import type { ChartOption } from "./render-svg.js";

/** One quantity over time, in `unit`, its windows shaded: training darker than evaluation. */
export function traceChart(
  title: string,
  unit: string,
  points: readonly TracePoint[],
  windows: readonly TraceWindow[],
  colour: string,
): ChartOption {
  const text = { color: "var(--muted)", fontSize: 12 };
  const axisLabel = { ...text, hideOverlap: true, formatter: formatNumber };
  return {
    width: 460,
    height: 200,
    option: {
      title: {
        text: title,
        left: 0,
        top: 0,
        padding: 0,
        textStyle: { color: "var(--text)", fontSize: 13, fontWeight: 600 },
      },
      grid: { left: 52, right: 16, top: 34, bottom: 40 },
      xAxis: {
        type: "value",
        name: "s",
        nameLocation: "middle",
        nameGap: 24,
        nameTextStyle: text,
        axisLabel,
        splitLine: { show: false },
        max: "dataMax",
      },
      yAxis: {
        type: "value",
        name: unit,
        nameTextStyle: text,
        axisLabel,
        splitNumber: 3,
        splitLine: { lineStyle: { color: "var(--line)" } },
      },
      series: [
        {
          type: "line",
          silent: true,
          showSymbol: false,
          data: points,
          lineStyle: { color: colour, width: 1.4 },
          markArea: {
            silent: true,
            itemStyle: { color: "var(--muted)", opacity: 0.18 },
            data: windows.map(({ name, fromS, toS }) => [
              { xAxis: Math.max(0, fromS), itemStyle: { opacity: name === "training" ? 0.22 : 0.09 } },
              { xAxis: toS },
            ]),
          },
        },
      ],
    },
  };
}
