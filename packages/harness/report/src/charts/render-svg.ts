import type { EChartsCoreOption } from "echarts/core";
import { init } from "echarts/dist/echarts.esm.min"; // one file: its parts are 585 modules, which take half a second to load
import { lightPalette } from "./palette.js";

/** In CSS pixels. */
export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export interface ChartOption extends ChartSize {
  readonly option: EChartsCoreOption;
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

const margin = 12;

/** The same picture as a file of its own: fixed colours on a light ground, with a margin. */
export function standaloneSvg(svg: string): string {
  return svg
    .replace(/var\(--([a-z0-9-]+)\)/g, (_, name: string) => lightPalette[name] ?? "currentColor")
    .replace(/<svg width="(\d+)" height="(\d+)"([^>]*?) viewBox="[^"]*"([^>]*)>/, (_, width, height, before, after) => {
      const size = [Number(width) + 2 * margin, Number(height) + 2 * margin];
      const ground = `<rect x="-${margin}" y="-${margin}" width="${size[0]}" height="${size[1]}" fill="${lightPalette.surface}"/>`;
      const box = `viewBox="-${margin} -${margin} ${size[0]} ${size[1]}"`;
      return `<svg width="${size[0]}" height="${size[1]}"${before} ${box}${after}>\n${ground}`;
    });
}

/** A picture with a text for those who do not see it. */
export function withTitle(svg: string, title: string): string {
  const escaped = title.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return svg.replace(/^<svg[^>]*>/, (opening) => `${opening}<title>${escaped}</title>`);
}
