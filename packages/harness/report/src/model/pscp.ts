import type { Figure } from "./figure.js";

/** What a method costs, as PSCP counts it. */
export interface PscpCosts {
  readonly trainableParams: number;
  /** Of answering one row. */
  readonly forwardFlops: number;
  /** Of training, at its peak. */
  readonly memoryBytes: number;
}

/** The cost that halves a score. */
const halving: PscpCosts = { trainableParams: 5e8, forwardFlops: 10e12, memoryBytes: 94e9 };

/** A summary's row with PSCP, and what it was computed from that is in no other column. */
export interface RowPscp {
  readonly forwardFlops: Figure;
  readonly pscp: Figure;
}

/** As it stands below a table. */
export const pscpFormula =
  "PSCP = score / ((1 + trainable parameters / 5e8) (1 + forward FLOPs / 10e12) (1 + peak tensor memory / 94 GB)), as PEFT-Bench has it (arXiv:2511.21285)";

/**
 * PEFT Soft Cost Penalties: a score, divided by 1 + cost / constant for each of three costs; in the unit of the score.
 *
 * Belanec et al. 2025, https://arxiv.org/abs/2511.21285, with its constants and every exponent 1.
 */
export function pscp(score: number, costs: PscpCosts): number {
  const { trainableParams, forwardFlops, memoryBytes } = costs;
  const size = 1 + trainableParams / halving.trainableParams;
  const work = 1 + forwardFlops / halving.forwardFlops;
  const memory = 1 + memoryBytes / halving.memoryBytes;
  return score / (size * work * memory);
}
