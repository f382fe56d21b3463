export {
  ActivationCache,
  type ActivationCacheOptions,
  type CachedBatch,
  type CacheFigures,
} from "./activation-cache.js";
export type { CacheMode, ReadModel } from "./applies.js";
export type { BackboneRunner } from "./backbone-runner.js";
export type { CacheBudget } from "./budget.js";
export { removeActivations } from "./cache-folder.js";
export { cacheFootprint, placeholderRecordings } from "./footprint.js";
export { type CacheSettings, defaultCacheSettings, openRunCache, type RunCache } from "./run-cache.js";
