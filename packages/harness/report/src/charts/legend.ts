import { displayWidth } from "../text/text.js";

/** Pixels between a legend's entries, and what a row of them takes. */
export const legendGap = 16;
export const legendRowHeight = 28;

/** Rows that a legend takes: an entry is a sign of 30 pixels and a text of about 6.5 a letter, and does not break. */
export function legendRows(names: readonly string[], within: number): number {
  let [rows, used] = [1, 0];
  for (const name of names) {
    const entry = 30 + 6.5 * displayWidth(name) + legendGap;
    if (used > 0 && used + entry > within) [rows, used] = [rows + 1, 0];
    used += entry;
  }
  return rows;
}
