import type { ReportGroup, Series } from "../model/model.js";
import { formatNumber } from "../text/format.js";
import { legendGap, legendRowHeight, legendRows } from "./legend.js";
import type { ChartOption, ChartSize } from "./render-svg.js";
import { variantStyles } from "./variant-styles.js";

const width = 460;

interface Lines {
  readonly title: string;
  readonly lines: readonly Series[];
  readonly xName: string;
  /** Dashed across the picture. */
  readonly levels: readonly { readonly label: string; readonly value: number }[];
}

/** How a level is drawn. */
export const levelStyle = { colour: "var(--muted)", types: ["dashed", "dotted"] } as const;

/** Lines over `xName`, each in its variant's colour; a legend only where the picture stands alone. */
export function lineChart(
  { title, lines, xName, levels }: Lines,
  group: Pick<ReportGroup, "variants" | "reference">,
  { legend = false, size: given }: { legend?: boolean; size?: ChartSize | undefined },
): ChartOption {
  const styles = variantStyles(group);
  const shown = group.variants.filter(({ id }) => lines.some(({ variant }) => variant === id));
  const names = [...shown, ...levels].map(({ label }) => label);
  const legendHeight = legend ? 4 + legendRowHeight * legendRows(names, given?.width ?? width) : 0;
  const size = given ?? { width, height: (legend ? 268 : 260) + legendHeight };
  const axis = {
    axisLabel: { color: "var(--muted)", fontSize: 12, hideOverlap: true, formatter: formatNumber },
    splitLine: { lineStyle: { color: "var(--line)" } },
  };
  return {
    ...size,
    option: {
      title: {
        text: title,
        left: 0,
        top: 0,
        padding: 0,
        textStyle: { color: "var(--text)", fontSize: 13, fontWeight: 600 },
      },
      grid: { left: 48, right: 16, top: 34, bottom: 40 + legendHeight },
      ...(legend
        ? {
            legend: {
              bottom: 0,
              itemGap: legendGap,
              textStyle: { color: "var(--text)" },
              data: names,
            },
          }
        : {}),
      xAxis: {
        ...axis,
        type: "value",
        name: xName,
        nameLocation: "middle",
        nameGap: 24,
        nameTextStyle: { color: "var(--muted)", fontSize: 12 },
        splitLine: { show: false },
        axisLine: { show: true, lineStyle: { color: "var(--line)" } },
        max: "dataMax",
      },
      yAxis: { ...axis, type: "value", scale: true, splitNumber: 4 },
      series: [
        ...levels.map(({ label, value }, index) => levelSeries(label, value, index, ends(lines))),
        ...lines.map(({ variant, points }) => {
          const { colour, dashed } = styles.get(variant)!;
          return {
            type: "line",
            name: shown.find(({ id }) => id === variant)!.label,
            silent: true,
            showSymbol: points.length <= 12,
            symbol: "circle",
            symbolSize: 5,
            data: points,
            lineStyle: { color: colour, width: 1.8, type: dashed ? "dashed" : "solid" },
            itemStyle: { color: colour },
          };
        }),
      ],
    },
  };
}

/** The least and the greatest x of all lines. */
function ends(lines: readonly Series[]): readonly [from: number, to: number] {
  const all = lines.flatMap(({ points }) => points.map(([x]) => x));
  return [Math.min(...all), Math.max(...all)];
}

function levelSeries(label: string, value: number, index: number, [from, to]: readonly [number, number]) {
  const { colour, types } = levelStyle;
  return {
    ...{ type: "line", name: label, silent: true, symbol: "none" },
    data: [
      [from, value],
      [to, value],
    ],
    lineStyle: { color: colour, width: 1.2, type: types[index % types.length] },
    itemStyle: { color: colour },
  };
}
