import { z } from "zod";

const count = z.int().nonnegative();
const bytes = count;
const seconds = z.number().nonnegative();
const joules = z.number().nullable();

/** The cost of one pass over the training examples; energies are null where nothing was measured (`energy.reason` says why). */
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
 * What the cache kept of a frozen backbone's outputs. An example is a source text with its decoder input; each has up to two entries,
 * one of them for what depends on the source text alone.
 */
const cacheFigures = z.object({
  /** Distinct examples asked for, in training and evaluation. */
  examples: count,
  /** How many of them were held at the end. */
  examplesCovered: count,
  /** Rows asked for; the hit rate is `hits / lookups`. */
  lookups: count,
  /** Rows the backbone did not run for. */
  hits: count,
  /** Held at the end, in host memory and on disk: no tensor memory. */
  memoryBytes: bytes,
  diskBytes: bytes,
  memoryBudgetBytes: bytes,
  diskBudgetBytes: bytes,
  /** Entries dropped to make room for others. */
  evicted: count,
  /** Damaged entries that were computed again. */
  corrupt: count,
  /** Examples whose entries came from an earlier run. */
  inherited: count,
  /** Whether results are bitwise those without the cache: the device computes each row alike in any batch. */
  exact: z.boolean(),
  warnings: z.array(z.string()),
});

/** The activation cache of a run; `figures` null comes with the reason why there was none. */
const activationCache = z.object({ reason: z.string().nullable(), figures: cacheFigures.nullable() });

/** The cost of each epoch, and the activation cache; `activationCache` is null where the run ended before the cache reported. */
export const epochsShape = {
  epochs: z.array(epochCost),
  activationCache: activationCache.nullable(),
};
