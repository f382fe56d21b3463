import { cssVariables, darkPalette, lightPalette } from "../charts/palette.js";
import type { ReportModel } from "../model/model.js";
import type { PageData } from "../page/page-data.js";
import { cleanText, mapStrings } from "../text/text.js";
import { groupTables, reportView } from "../views/report-view.js";
import type { Table } from "../views/table.js";
import { exportTable, type TableExport } from "./export/table-export.js";
import { htmlPictures } from "./html-pictures.js";
import { pageScript, scriptJson } from "./page-script.js";
import { renderTemplate } from "./templates.js";

/** The report as one HTML file: styles, pictures, figures and script inside, nothing loaded, readable without script. */
export function renderHtml(model: ReportModel): string {
  const view = mapStrings(reportView(model), cleanText);
  const { script, hash } = pageScript();
  const pictures = model.groups.map((group) => htmlPictures(group));
  const data: PageData = {
    scatters: pictures.flatMap(({ scatter }) => (scatter ? [{ id: scatter.id, data: scatter.data }] : [])),
    exports: Object.fromEntries(
      view.groups.flatMap((group) => groupTables(group).map((table) => [table.id, exportTable(table)])),
    ) as Record<string, TableExport>,
  };
  return renderTemplate("html", {
    ...view,
    groups: view.groups.map((group, index) => ({
      ...group,
      summary: sortable(group.summary),
      differences: group.differences.map(sortable),
      search: group.search && sortable(group.search),
      reach: group.reach && sortable(group.reach),
      ...pictures[index],
      ...scoresOnce(group.tables, pictures[index]!.heat),
      runs: group.runs && sortable(group.runs),
    })),
    relative: model.groups.some(({ reference }) => reference !== null) ? cleanText(model.reference ?? "") : null,
    light: cssVariables(lightPalette),
    dark: cssVariables(darkPalette),
    data: scriptJson(mapStrings(data, cleanLines)),
    script,
    scriptHash: hash,
  });
}

/** The heat map, where there is one, in place of the table of the same scores, whose notes it takes over. */
function scoresOnce(tables: readonly Table[], heat: ReturnType<typeof htmlPictures>["heat"]) {
  const same = tables.find(({ id }) => id === heat?.id);
  const cellOf = (label: string, task: string) => {
    const row = same?.rows.find(([header]) => header?.text === label);
    return row?.[same!.headers.findIndex(({ text }) => text === task)];
  };
  return {
    heat: heat && {
      ...heat,
      caption: same?.caption ?? "Scores by task",
      isShaded: heat.rows.some(({ cells }) => cells.some(({ shade }) => shade !== null)),
      rows: heat.rows.map(({ label, cells }) => ({
        label,
        cells: cells.map((cell, index) => {
          const { note, mark } = cellOf(label, heat.tasks[index]!) ?? {};
          return { ...cell, note, mark };
        }),
      })),
      footer: same?.footer ?? [],
      legend: same?.legend ?? [],
      notes: same?.notes ?? [],
    },
    tables: tables.filter((table) => table !== same).map(sortable),
  };
}

/** `cleanText` line by line: exports keep their line ends. */
function cleanLines(text: string): string {
  return text
    .split(/(\r?\n)/)
    .map((part) => (/^\r?\n$/.test(part) ? part : cleanText(part)))
    .join("");
}

/** A browser lays out no more rows than these without a wait. */
const manyRows = 300;

/** The template cannot tell a value of 0 from none. */
function sortable(table: Table) {
  const cells = (row: Table["rows"][number]) => row.map((cell) => ({ ...cell, sortable: cell.value !== undefined }));
  return {
    ...table,
    many: table.rows.length > manyRows ? table.rows.length : null,
    rows: table.rows.map(cells),
    footer: table.footer.map(cells),
  };
}
