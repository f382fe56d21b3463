import type { Row } from "./rows.js";

/**
 * One dimension of a site's output: the tokens of the source, those of source and known answer together, the positions that are
 * read out, or a number of channels or heads.
 */
export type SiteAxis = "source" | "sequence" | "positions" | number;

/** Tokens of one row along each axis that depends on the row. */
export type RowLengths = Readonly<Record<Exclude<SiteAxis, number>, number>>;

export const lengthsOf = ({ source, answer }: Row): RowLengths => ({
  source: source.length,
  sequence: source.length + answer.length,
  positions: answer.length + 1,
});
