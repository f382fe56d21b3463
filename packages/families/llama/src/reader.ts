import type { Pass, PassBackbone, SeenSums } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import type { Tensor } from "@petl/tensor";
import type { LlamaConfig } from "./config.js";
import type { LayerCache } from "./layer-cache.js";
import type { LlamaTensors } from "./pad.js";

/** Tokens from a row's first on, of which some are read out. */
export interface WholeTokens extends LlamaTensors {
  /** Take keys and values of every layer. */
  readonly caches?: readonly LayerCache[];
  /** Takes up what means over tokens need of these. */
  readonly sums?: SeenSums;
}

/** Tokens after cached ones; all are read out. */
export interface LaterTokens {
  /** int32 (rows, tokens) */
  readonly ids: Tensor;
  /** float32 (rows, tokens) */
  readonly mask: Tensor;
  /** int32 (rows, tokens), counted from the row's first token that is no prompt's. */
  readonly positions: Tensor;
  /** All positions are below this. */
  readonly positionsBelow: number;
  /** Keys and values of the tokens before them. */
  readonly caches: readonly LayerCache[];
  /** Sums over them, for means over tokens. */
  readonly sums: SeenSums;
  /** Whether the caches and sums take these tokens up. */
  readonly isKept: boolean;
}

/** A model that reads rows whole or goes on after tokens it has cached. */
export interface Reader extends PassBackbone {
  readonly config: LlamaConfig;
  /** Runs whole rows -> the state at the positions that are read out: (rows, positions, channels). */
  readWhole(tokens: WholeTokens, pass: Pass): Activation;
  /**
   * Runs tokens that come after cached ones -> their state, (rows, tokens, channels). What hooks put before them is dropped: the caches
   * have it.
   */
  readLater(tokens: LaterTokens, pass: Pass): Activation;
}
