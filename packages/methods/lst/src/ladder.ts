import { type Activation, linearParams, type Params, type StackSites, type StepContext } from "@petl/spec";
import { linear, type Random, type Tensor, tf } from "@petl/tensor";

/** Prefix of the names of a side network's tensors; the rest is as in the backbone. */
export const prefix = "side.";

/** Of one stack, what a side network reads: the site that enters its first block, and some of its blocks. */
export type Rungs = Pick<StackSites, "entry" | "blocks">;

/** Whether a layer gets a side layer. */
export const hasSideLayer = (layer: number, skipEvery: number): boolean => skipEvery === 0 || layer % skipEvery !== 0;

/** Down- and upsampling with biases, uniform in +-1/sqrt(inputs) as in PyTorch's linear layer, and gates at a half. */
export function ladderParams(stacks: readonly Rungs[], channels: number, sideChannels: number, random: Random): Params {
  const params: Record<string, Tensor> = {};
  const add = (name: string, output: number, input: number): void => {
    Object.assign(params, linearParams(name, [output, input], random));
  };
  for (const { entry, blocks } of stacks) {
    add(`${prefix}${entry}.down`, sideChannels, channels);
    for (const block of blocks) {
      add(`${prefix}${block}.down`, sideChannels, channels);
      params[`${prefix}${block}.gate`] = tf.zeros([1]);
    }
  }
  add(`${prefix}up`, channels, sideChannels);
  return params;
}

/** What joins a side network to the backbone, in one forward pass. */
export class Ladder {
  constructor(
    readonly recorded: ReadonlyMap<string, Activation>,
    readonly context: StepContext,
    readonly temperature: number,
  ) {}

  /** `D phi`: what a site of the backbone gave, (batch, tokens, channels) -> (batch, tokens, channels / reduction). */
  down(site: string): Activation {
    const { hidden, mask } = this.recorded.get(site)!;
    return { hidden: this.#project(`${site}.down`, hidden), mask };
  }

  /** `m D phi + (1 - m) s`, `m = sigmoid(alpha / temperature)`: mixes the backbone's layer output with the side state. */
  mix(block: string, state: Tensor): Tensor {
    const gate = tf.sigmoid(tf.mul(this.context.params[`${prefix}${block}.gate`]!, 1 / this.temperature));
    return tf.add(state, tf.mul(gate, tf.sub(this.down(block).hidden, state)));
  }

  /** `U s + u`: (batch, positions, channels / reduction) -> (batch, positions, channels). */
  up(state: Tensor): Tensor {
    return this.#project("up", state);
  }

  #project(name: string, state: Tensor): Tensor {
    const { params } = this.context;
    return linear(state, params[`${prefix}${name}.weight`]!, params[`${prefix}${name}.bias`]!);
  }
}
