import { type Tensor, tf } from "@petl/tensor";

/** Keys and values of one layer's earlier tokens, the keys already turned. */
export interface CachedTokens {
  /** (rows, tokens, keyValueHeads * headWidth) */
  readonly key: Tensor;
  /** (rows, tokens, keyValueHeads * headWidth) */
  readonly value: Tensor;
  /** (rows, tokens): 1 for a real token. */
  readonly mask: Tensor;
}

/** Holds what one layer computed of tokens that later ones will see; empty at first. Owns its tensors. */
export class LayerCache {
  #tokens: CachedTokens | null = null;

  get tokens(): CachedTokens | null {
    return this.#tokens;
  }

  replace({ key, value, mask }: CachedTokens): void {
    const kept = { key: tf.keep(key.clone()), value: tf.keep(value.clone()), mask: tf.keep(mask.clone()) };
    this.dispose();
    this.#tokens = kept;
  }

  dispose(): void {
    if (this.#tokens !== null) tf.dispose(Object.values(this.#tokens));
    this.#tokens = null;
  }
}

/** The caches of a model's layers. */
export const emptyCaches = (layers: number): LayerCache[] => Array.from({ length: layers }, () => new LayerCache());

/** Caches of their own that hold the same tokens; no value is copied. */
export function sharedCaches(caches: readonly LayerCache[]): LayerCache[] {
  return caches.map(({ tokens }) => {
    const cache = new LayerCache();
    if (tokens !== null) cache.replace(tokens);
    return cache;
  });
}
