import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { lightPalette } from "./palette.js";

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** A chart and its size in CSS pixels. */
export interface ChartOption {
  readonly option: EChartsCoreOption;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws a chart as SVG text without a browser. Colours stay CSS variables, for a page that defines them; `id` makes the
 * names inside unique on that page. The same option gives the same text.
 */
export function renderSvg({ option, width, height }: ChartOption, id: string): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "system-ui, sans-serif" }, ...option });
    return chart
      .renderToSVGString()
      .replace(/<style\s*>[\s\S]*?<\/style>\s*/g, "") // hover rules only
      .replace(/ (?:class|ecmeta_\w+)="[^"]*"/g, "")
      .replace(/\bzr\d+-/g, `${id}-`);
  } finally {
    chart.dispose();
  }
}

/** The same picture as a file of its own: fixed colours on a light ground. */
export function standaloneSvg(svg: string): string {
  const coloured = svg.replace(/var\(--([a-z0-9-]+)\)/g, (_, name: string) => lightPalette[name] ?? "currentColor");
  return coloured.replace(/(<svg[^>]*>)/, `$1\n<rect width="100%" height="100%" fill="${lightPalette.surface}"/>`);
}
