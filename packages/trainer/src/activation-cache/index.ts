export { ActivationCache, type ActivationCacheOptions } from "./activation-cache.js";
export { type CacheMode, lastBlock, readsOf, whyNotKept } from "./applies.js";
export { budgetOf, type CacheBudget, defaultShares } from "./budget.js";
export type { CacheDevice } from "./kind.js";
export { extentsOf, type Layout, type Lengths, layoutOf, valuesIn } from "./layout.js";
export { disposeRecordings, type Recordings } from "./recordings.js";
export { type CacheSettings, defaultCacheSettings, openRunCache } from "./run-cache.js";
