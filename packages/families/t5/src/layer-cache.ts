import type { Pass, TokenCache } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import type { Tensor } from "@petl/tensor";
import type { WeightsView } from "./weights-view.js";

/** Keys and values (batch, tokens, heads * head width) of tokens already seen. */
export type KeyValueCache = TokenCache<{ readonly key: Tensor; readonly value: Tensor }>;

/** Caches of one decoder layer: what it computed of earlier tokens, and of the encoder's output. */
export interface LayerCache {
  readonly self: KeyValueCache;
  readonly cross: KeyValueCache;
}

/** What decoding after a prefill needs of the model. */
export interface Decoder extends Pick<WeightsView, "config"> {
  decode(ids: Tensor, encoded: Activation, pass: Pass, caches?: readonly LayerCache[]): Activation;
}
