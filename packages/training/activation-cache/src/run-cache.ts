import { ActivationCache } from "./activation-cache.js";
import { type CacheMode, type ReadModel, whyNotKept } from "./applies.js";
import { type AskedBudget, budgetOf } from "./budget.js";
import type { CacheDevice } from "./kind.js";

/** Whether and where a run keeps what it reads of a frozen backbone. */
export interface CacheSettings {
  readonly mode: CacheMode;
  readonly budget: AskedBudget;
  /** Directory for what does not fit in memory; null for none. */
  readonly directory: string | null;
  /** Whether runs share the directory: everything is written to it and stays. */
  readonly isShared: boolean;
  /** The device that computes. By default its rows are assumed to depend on each other. */
  readonly device: CacheDevice;
}

export const defaultCacheSettings: CacheSettings = {
  mode: "auto",
  budget: null,
  directory: null,
  isShared: false,
  device: { name: "unknown", details: {} },
};

/** A run's cache, or the reason why it has none. */
export type RunCache =
  | { readonly cache: ActivationCache; readonly reason: null }
  | { readonly cache: null; readonly reason: string };

/** Opens the cache of a run. `isRepeated`: whether the run sees an example twice. */
export async function openRunCache(
  model: ReadModel,
  { mode, budget, directory, isShared, device }: CacheSettings,
  isRepeated: boolean,
  warn: (message: string) => void,
): Promise<RunCache> {
  const reason = whyNotKept(model, mode, isRepeated || isShared);
  if (reason !== null) return { cache: null, reason };
  const options = { budget: await budgetOf(budget, directory), directory, isShared, device, warn };
  return { cache: await ActivationCache.open(model, options), reason };
}
