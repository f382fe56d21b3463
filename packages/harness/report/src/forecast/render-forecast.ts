import { cssVariables, darkPalette, lightPalette } from "../charts/palette.js";
import { renderSvg, standaloneSvg, withTitle } from "../charts/render-svg.js";
import { stackedBars } from "../charts/stacked-bars.js";
import { markdownTable } from "../text/markdown-table.js";
import { escapeMarkdown } from "../text/text.js";
import type { ForecastTable } from "./forecast-table.js";

/** What a page about a forecast shows. */
export interface ForecastPage {
  readonly title: string;
  /** Paragraphs before the tables. */
  readonly remarks: readonly string[];
  readonly tables: readonly ForecastTable[];
  /** The peak by method, its parts in the same order everywhere. */
  readonly peaks: readonly {
    readonly label: string;
    readonly parts: Readonly<Record<string, number>>;
    readonly text: string;
  }[];
}

const picture = "forecast-peak.svg";

/** Files of a forecast: Markdown, one HTML page and the picture of the peaks. */
export function renderForecast(page: ForecastPage): readonly { readonly name: string; readonly content: string }[] {
  const svg = renderSvg(stackedBars(page.peaks), "peak");
  return [
    { name: "forecast.md", content: markdown(page) },
    { name: "forecast.html", content: html(page, svg) },
    { name: picture, content: withTitle(standaloneSvg(svg), page.title) },
  ];
}

function markdown({ title, remarks, tables }: ForecastPage): string {
  const parts = tables.map(({ title: heading, rows }) => {
    const [head = [], ...body] = rows.map((cells) => cells.map(escapeMarkdown));
    return `## ${heading}\n\n${markdownTable(head, body)}`;
  });
  return `${[`# ${title}`, ...remarks, `![Peak tensor bytes by method](${picture})`, ...parts].join("\n\n")}\n`;
}

function html({ title, remarks, tables }: ForecastPage, svg: string): string {
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const parts = tables.map(
    ({ title: heading, rows: [head = [], ...body] }) =>
      `<h2>${escapeHtml(heading)}</h2><div class="scroll"><table>${row(head, "th")}${body.map((cells) => row(cells, "td")).join("")}</table></div>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>:root { color-scheme: light dark; ${cssVariables(lightPalette)} }
@media (prefers-color-scheme: dark) { :root { ${cssVariables(darkPalette)} } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: var(--text); background: var(--surface); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; } th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }</style></head>
<body><h1>${escapeHtml(title)}</h1>${remarks.map((text) => `<p>${escapeHtml(text)}</p>`).join("")}
<div class="scroll">${svg}</div>${parts.join("\n")}</body></html>
`;
}

const escapeHtml = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
