/// <reference lib="dom" />
import type { TableExport } from "../formats/export/table-export.js";
import type { ParetoData } from "../statistics/pareto.js";

/** What the page's script is given, as JSON in the page. */
export interface PageData {
  /** By id of the element each is drawn in. */
  readonly scatters: readonly { readonly id: string; readonly data: ParetoData }[];
  /** What the copy buttons copy, by id of the table. */
  readonly exports: Readonly<Record<string, TableExport>>;
}

/** Reads the page's data. Throws SyntaxError if the page was cut. */
export function readPageData(): PageData {
  return JSON.parse(document.getElementById("report-data")?.textContent ?? "") as PageData;
}
