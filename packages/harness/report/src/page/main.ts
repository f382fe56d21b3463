/// <reference lib="dom" />
import { addCopyButtons } from "./copy-buttons.js";
import { followFigures } from "./figures-switch.js";
import { showFirstRows } from "./first-rows.js";
import { readPageData } from "./page-data.js";
import { openForPrint } from "./print.js";
import { drawScatter } from "./scatter.js";
import { addScrollHints } from "./scroll-hints.js";
import { makeSortable } from "./sort-tables.js";
import { followTheme } from "./theme.js";

const data = readPageData();
document.documentElement.dataset.script = "on";
for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]")) makeSortable(table);
for (const table of document.querySelectorAll<HTMLTableElement>("table[data-rows]")) showFirstRows(table);
addCopyButtons(data.exports);
followFigures();
const redraw = data.scatters.map(({ id, data: scatter }) => drawScatter(id, scatter));
followTheme(() => {
  for (const draw of redraw) draw();
});
addScrollHints();
openForPrint();
