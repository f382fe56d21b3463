import { TokenCache } from "@petl/backbone";
import type { Tensor } from "@petl/tensor";

/** Keys and values of one layer's earlier tokens, the keys already turned. */
export interface CachedTokens {
  /** (rows, tokens, keyValueHeads * headWidth) */
  readonly key: Tensor;
  /** (rows, tokens, keyValueHeads * headWidth) */
  readonly value: Tensor;
  /** (rows, tokens): 1 for a real token. */
  readonly mask: Tensor;
}

/** Holds what one layer computed of tokens that later ones will see. */
export type LayerCache = TokenCache<CachedTokens>;

/** The caches of a model's layers. */
export const emptyCaches = (layers: number): LayerCache[] =>
  Array.from({ length: layers }, () => new TokenCache<CachedTokens>());

/** Caches of their own that hold the same tokens; no value is copied. */
export function sharedCaches(caches: readonly LayerCache[]): LayerCache[] {
  return caches.map(({ tokens }) => {
    const cache = new TokenCache<CachedTokens>();
    if (tokens !== null) cache.replace(tokens);
    return cache;
  });
}
