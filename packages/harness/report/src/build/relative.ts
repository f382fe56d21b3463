import type { Figure } from "../model/figure.js";
import { distinct, present } from "../statistics/statistics.js";

/** The figure with its share of the reference's; none where either is missing or the reference's is 0. What is to know of that holds for the share. */
export function relativeTo(figure: Figure, reference: Figure | undefined): Figure {
  const share = figure.value === null || !reference?.value ? null : figure.value / reference.value;
  const ofReference = share === null || figure.note !== undefined ? undefined : reference?.note;
  return { ...figure, relative: share, ...(ofReference !== undefined && { note: `the reference's: ${ofReference}` }) };
}

/** No figure, with the distinct reasons. */
export function absent(reasons: readonly (string | null)[]): Figure {
  const known = distinct(present(reasons));
  return { value: null, reason: known.length > 0 ? known.join("; ") : "not recorded", relative: null };
}

/** One figure from several: missing where a part is missing, as a part would pass for the whole. */
export function joined(figures: readonly Figure[], join: (values: readonly number[]) => number): Figure {
  const missing = figures.filter(({ value }) => value === null);
  if (missing.length > 0) return absent(missing.map(({ reason }) => reason));
  const note = distinct(present(figures.map((figure) => figure.note))).join("; ");
  const value = join(present(figures.map((figure) => figure.value)));
  return { value, reason: null, relative: null, ...(note === "" ? {} : { note }) };
}

/** The sum. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
