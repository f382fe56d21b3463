export { ActivationCache, type ActivationCacheOptions } from "./activation-cache.js";
export type { CacheMode } from "./applies.js";
export { type CacheBudget, defaultShares } from "./budget.js";
export { cacheNeeds, plannedRecordings } from "./planned.js";
export { disposeRecordings, type Recordings } from "./recordings.js";
export { type CacheSettings, defaultCacheSettings, openRunCache } from "./run-cache.js";
