import { z } from "zod";

const count = z.int().nonnegative();
const bytes = count;
const seconds = z.number().nonnegative();
const joules = z.number().nullable();

/** What one pass over the training examples cost; energies are null where nothing was measured (`energy.reason` says why). */
const epochCost = z.object({
  /** From 1 up. */
  epoch: count,
  steps: count,
  trainTimeS: seconds,
  /** Of the evaluations made in this epoch or at its end. */
  evalTimeS: seconds,
  trainGrossJ: joules,
  trainNetJ: joules,
  evalGrossJ: joules,
  evalNetJ: joules,
  /** Examples that went forward through the backbone; fewer than were seen where recorded activations were kept. */
  backboneForwards: z.object({ training: count, evaluation: count }),
});

/**
 * The activation cache of a run: what was kept of the frozen backbone's outputs, so that it need not run again.
 * An example here is a source text with the decoder input that was read beside it.
 */
const activationCache = z.object({
  /** Whether it was used. */
  used: z.boolean(),
  /** Why not; null where it was used. */
  reason: z.string().nullable(),
  /** Distinct examples asked for, in training and evaluation. */
  examples: count,
  /** How many of them it held at the end. */
  examplesCovered: count,
  lookups: count,
  /** Lookups that were answered; the hit rate is `hits / lookups`. */
  hits: count,
  /** Held at the end, in host memory and on disk: no tensor memory. */
  memoryBytes: bytes,
  diskBytes: bytes,
  memoryBudgetBytes: bytes,
  diskBudgetBytes: bytes,
  /** Examples that made room for others. */
  evicted: count,
  /** Entries that were found damaged and computed again. */
  corrupt: count,
  /** Examples found in the cache of an earlier run. */
  inherited: count,
  /** Whether results are the same bits as without it: the device computes each row alike in any batch. */
  exact: z.boolean(),
  warnings: z.array(z.string()),
});

/** Absent in records from before it was measured. */
export const epochsShape = {
  epochs: z.array(epochCost).optional(),
  activationCache: activationCache.nullable().optional(),
};
