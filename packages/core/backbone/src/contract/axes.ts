import type { ReadAt } from "@petl/spec";
import type { Row } from "./rows.js";

/**
 * One dimension of a site's output: the tokens of the source, those of source and known answer together, the positions that are
 * read out, or a number of channels or heads.
 */
export type SiteAxis = "source" | "sequence" | "positions" | number;

/** The axes of a state of so many channels that is recorded `at`; `tokens` is that of all its tokens. */
export function readAxes(channels: number, at: ReadAt, tokens: "source" | "sequence"): SiteAxis[] {
  return [at === "tokens" ? tokens : "positions", at === "positions-with-mean" ? 2 * channels : channels];
}

/** Tokens of one row along each axis that depends on the row. */
export type RowLengths = Readonly<Record<Exclude<SiteAxis, number>, number>>;

export const lengthsOf = ({ source, answer }: Row): RowLengths => ({
  source: source.length,
  sequence: source.length + answer.length,
  positions: answer.length + 1,
});
