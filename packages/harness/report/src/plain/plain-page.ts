import { cssVariables, darkPalette, lightPalette } from "../charts/palette.js";
import { type ChartOption, renderSvg, standaloneSvg, withTitle } from "../charts/render-svg.js";
import { markdownTable } from "../text/markdown-table.js";
import { escapeMarkdown, slug } from "../text/text.js";

/** A part of a page: a heading, a paragraph, a list, a table whose first row names its columns, or a picture in a file of its own. */
export type PagePart =
  | { readonly heading: string }
  | { readonly text: string }
  | { readonly items: readonly string[] }
  /** The first `textColumns` columns are text (default: one), the others figures. */
  | { readonly rows: readonly (readonly string[])[]; readonly textColumns?: number }
  | { readonly picture: string; readonly title: string; readonly chart: ChartOption };

/** A page that is read from top to bottom. */
export interface PlainPage {
  readonly title: string;
  readonly parts: readonly PagePart[];
}

/** The page as `NAME.md` and `NAME.html`, which loads nothing, and its pictures. Cells and lists are escaped, paragraphs in HTML alone. */
export function plainPage(
  name: string,
  page: PlainPage,
): readonly { readonly name: string; readonly content: string }[] {
  const pictures = page.parts.flatMap((part) =>
    "picture" in part ? [{ name: part.picture, content: pictureFile(part.chart, part.title) }] : [],
  );
  return [{ name: `${name}.md`, content: markdown(page) }, { name: `${name}.html`, content: html(page) }, ...pictures];
}

/** A chart as a file: fixed colours on a light ground, `title` for those who do not see it. */
export const pictureFile = (chart: ChartOption, title: string): string =>
  withTitle(standaloneSvg(renderSvg(chart, "picture")), title);

function markdown({ title, parts }: PlainPage): string {
  const written = parts.map((part) => {
    if ("heading" in part) return `## ${part.heading}`;
    if ("text" in part) return part.text;
    if ("items" in part) return part.items.map((item) => `- ${escapeMarkdown(item)}`).join("\n");
    if ("picture" in part) return `![${part.title}](${part.picture})`;
    const [head = [], ...body] = part.rows.map((cells) => cells.map(escapeMarkdown));
    return markdownTable(head, body, (column) => column >= (part.textColumns ?? 1));
  });
  return `${[`# ${title}`, ...written].join("\n\n")}\n`;
}

function html({ title, parts }: PlainPage): string {
  const row = (cells: readonly string[], tag: string, textColumns: number): string => {
    const one = (cell: string, column: number): string =>
      `<${tag}${column < textColumns ? ' class="text"' : ""}>${escapeHtml(cell)}</${tag}>`;
    return `<tr>${cells.map(one).join("")}</tr>`;
  };
  const written = parts.map((part) => {
    if ("heading" in part) return `<h2>${escapeHtml(part.heading)}</h2>`;
    if ("text" in part) return `<p>${escapeHtml(part.text)}</p>`;
    if ("items" in part) return `<ul>${part.items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
    if ("picture" in part)
      return `<div class="scroll">${withTitle(renderSvg(part.chart, slug(part.picture)), part.title)}</div>`;
    const [head = [], ...body] = part.rows;
    const text = part.textColumns ?? 1;
    const rows = body.map((cells) => row(cells, "td", text)).join("");
    return `<div class="scroll"><table>${row(head, "th", text)}${rows}</table></div>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>:root { color-scheme: light dark; ${cssVariables(lightPalette)} }
@media (prefers-color-scheme: dark) { :root { ${cssVariables(darkPalette)} } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: var(--text); background: var(--surface); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; } th, td { padding: .3rem .8rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
.text { text-align: left; }</style></head>
<body><h1>${escapeHtml(title)}</h1>
${written.join("\n")}</body></html>
`;
}

const escapeHtml = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
