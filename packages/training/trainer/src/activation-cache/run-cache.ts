import type { TrainEvent } from "../events.js";
import type { TunedModel } from "../tuned-model.js";
import { ActivationCache } from "./activation-cache.js";
import { type CacheMode, whyNotKept } from "./applies.js";
import { type AskedBudget, budgetOf } from "./budget.js";
import type { CacheDevice } from "./kind.js";

/** How a run may keep what it reads of a frozen backbone. */
export interface CacheSettings {
  readonly mode: CacheMode;
  readonly budget: AskedBudget;
  /** Where what does not fit in memory goes; null: nowhere. */
  readonly directory: string | null;
  /** Whether runs share it: everything is written there, and stays. */
  readonly isShared: boolean;
  /** The device that computes; unknown: taken as one whose rows depend on each other. */
  readonly device: CacheDevice;
}

export const defaultCacheSettings: CacheSettings = {
  mode: "auto",
  budget: null,
  directory: null,
  isShared: false,
  device: { name: "unknown", details: {} },
};

/** Opens the cache of a run, or says why it has none (null). `isRepeated`: whether the run sees an example twice. */
export async function openRunCache(
  model: TunedModel,
  { mode, budget, directory, isShared, device }: CacheSettings,
  isRepeated: boolean,
  emit: (event: TrainEvent) => void,
): Promise<ActivationCache | null> {
  const reason = whyNotKept(model, mode, isRepeated || isShared);
  if (reason !== null) {
    emit({ type: "cache", reason, figures: null });
    return null;
  }
  const warn = (message: string): void => emit({ type: "warning", message });
  return ActivationCache.open(model, { budget: await budgetOf(budget, directory), directory, isShared, device, warn });
}
