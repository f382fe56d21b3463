import { type Pass, release } from "@petl/backbone";
import type { Activation } from "@petl/spec";
import { linear, rmsNorm, type Tensor, tf } from "@petl/tensor";
import type { LlamaConfig } from "./config.js";

/** What a sublayer needs of the model it belongs to. */
export interface ModelView {
  readonly config: LlamaConfig;
  /** `inverseFrequencies` of the rotary position embedding. */
  readonly frequencies: readonly number[];
  /** @throws Error if the model has no tensor of this name */
  param(name: string): Tensor;
}

/** A linear site, with a bias where the geometry has one: (batch, tokens, input) -> (batch, tokens, output). */
export function projectAt(model: ModelView, site: string, input: Activation, hasBias: boolean, pass: Pass): Activation {
  return pass.at(site, input, () => ({
    hidden: linear(input.hidden, model.param(`${site}.weight`), hasBias ? model.param(`${site}.bias`) : null),
    mask: input.mask,
  }));
}

/** A norm site: (batch, tokens, channels) -> the same shape. */
export function normAt(model: ModelView, site: string, input: Activation, pass: Pass): Activation {
  return pass.at(site, input, () => ({
    hidden: rmsNorm(input.hidden, model.param(`${site}.weight`), model.config.normEpsilon),
    mask: input.mask,
  }));
}

/** `x + sublayer`; the sublayer's own output is freed. These models have no dropout between the two. */
export function addSublayer(input: Activation, { hidden }: Activation): Activation {
  const sum = tf.add(input.hidden, hidden);
  hidden.dispose();
  return { hidden: sum, mask: input.mask };
}

/** Frees states that nothing reads any more, except those that are among `used`; what the tape or a recording needs has its own reference. */
export function releaseSpent(spent: readonly Activation[], used: readonly [Activation, ...Activation[]]): void {
  for (const state of spent) if (!used.some(({ hidden }) => hidden === state.hidden)) release(state, used[0]);
}
