import { release } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import type { Tensor } from "@petl/tensor";
import type { LlamaConfig } from "./config.js";

/** What a sublayer needs of the model it belongs to. */
export interface ModelView {
  readonly config: LlamaConfig;
  /** `inverseFrequencies` of the rotary position embedding. */
  readonly frequencies: readonly number[];
  /** @throws Error if the model has no tensor of this name */
  param(name: string): Tensor;
}

/** Frees states that nothing reads any more, except those that are among `used`; what the tape or a recording needs has its own reference. */
export function releaseSpent(spent: readonly Activation[], used: readonly [Activation, ...Activation[]]): void {
  for (const state of spent) if (!used.some(({ hidden }) => hidden === state.hidden)) release(state, used[0]);
}
