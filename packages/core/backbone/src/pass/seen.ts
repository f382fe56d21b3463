import type { Activation } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";
import { TokenCache } from "./token-cache.js";

/** What the positions that are read out see of a site's output, for the mean over it. */
export interface Seen {
  /** Which of an output's tokens each position sees, 1 or 0: (rows, positions, tokens). */
  tokens(output: Activation): Tensor;
  /** Sums over tokens before those of the output, which all its positions see. */
  readonly earlier?: SeenSums;
  /** Takes up the sums over what the last position sees, for tokens that come later. */
  readonly kept?: SeenSums;
}

/** A site's sums over tokens. */
export interface SiteSums {
  /** Of normed states: (rows, 1, channels). */
  readonly states: Tensor;
  /** Tokens: (rows, 1, 1). */
  readonly count: Tensor;
}

/** Sums over tokens that later ones will see, by site. Owns them. */
export class SeenSums {
  readonly #sites = new Map<string, TokenCache<SiteSums>>();

  of(site: string): SiteSums | null {
    return this.#sites.get(site)?.tokens ?? null;
  }

  replace(site: string, sums: SiteSums): void {
    const cache = this.#sites.get(site) ?? new TokenCache<SiteSums>();
    cache.replace(sums);
    this.#sites.set(site, cache);
  }

  /** Sums of their own that hold the same; no value is copied. */
  shared(): SeenSums {
    const sums = new SeenSums();
    for (const [site, { tokens }] of this.#sites) if (tokens !== null) sums.replace(site, tokens);
    return sums;
  }

  dispose(): void {
    for (const cache of this.#sites.values()) cache.dispose();
    this.#sites.clear();
  }
}

/**
 * What a decoder's positions see: of `tokens`, 1 for those up to each position `at` (rows, positions) int32, else 0 -> (rows, positions,
 * tokens) float32.
 */
export function seenUpTo(at: Tensor, tokens: number): Tensor {
  const place = tf.range(0, tokens, 1, "int32"); // (tokens)
  return tf.cast(tf.lessEqual(place, tf.expandDims(at, -1)), "float32");
}
