import type { Activation, Backbone, SideNetwork, StepContext } from "@petl/spec";
import { attention, dropout, gelu, linear, relativeBias, relu, rmsNorm, type Tensor, tf } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import { Ladder, prefix } from "../ladder.js";
import { attentionsOf, type Geometry, relativeBiasOf, rungsIn, type Stack } from "./geometry.js";

/** The side network of one backbone: its inputs and its forward pass. */
export function sideNetwork(backbone: Backbone, geometry: Geometry, config: LstConfig): SideNetwork {
  const tables = {
    encoder: prefix + relativeBiasOf(backbone, "encoder"),
    decoder: prefix + relativeBiasOf(backbone, "decoder"),
  };
  return {
    reads: rungsIn(geometry).flatMap(({ entry, blocks }) => [entry, ...blocks]),
    enters: "lmHead",
    forward(recorded, context) {
      const side = new SideTransformer(recorded, context, geometry, config, tables);
      const encoded = side.run("encoder", null);
      return side.ladder.up(side.run("decoder", encoded).hidden); // (batch, targets, channels)
    },
  };
}

/** One forward pass through the narrow T5; its residual streams are (batch, tokens, channels / reduction). */
class SideTransformer {
  readonly ladder: Ladder;

  constructor(
    recorded: ReadonlyMap<string, Activation>,
    readonly context: StepContext,
    readonly geometry: Geometry,
    readonly config: LstConfig,
    readonly tables: Readonly<Record<Stack, string>>,
  ) {
    this.ladder = new Ladder(recorded, context, config.temperature);
  }

  /** A stack from its downsampled embedding to its final norm; `encoded` is the input of cross-attention. */
  run(stack: Stack, encoded: Activation | null): Activation {
    const embedded = this.ladder.down(`${stack}.embedding`);
    const { mask } = embedded;
    const tokens = embedded.hidden.shape[1]!;
    const { maxDistance } = this.config;
    const positions = { queries: tokens, keys: tokens, maxDistance, isBidirectional: stack === "encoder" };
    const bias = relativeBias(this.context.params[this.tables[stack]]!, positions);
    let state = embedded.hidden;
    for (const layer of this.geometry.layers[stack]) {
      const name = `${stack}.${layer}`;
      state = this.ladder.mix(name, state);
      for (const part of attentionsOf(stack)) {
        const source = part === "attention" ? null : encoded;
        state = this.attend(`${name}.${part}`, { hidden: state, mask }, source, source === null ? bias : null, stack);
      }
      state = this.feedForward(`${name}.feedforward`, state);
    }
    return { hidden: this.norm(`${stack}.norm`, state), mask };
  }

  attend(name: string, input: Activation, source: Activation | null, bias: Tensor | null, stack: Stack): Tensor {
    const normed = this.norm(`${name}.norm`, input.hidden);
    const { hidden, mask } = source ?? { hidden: normed, mask: input.mask };
    const project = (part: string, from: Tensor): Tensor => linear(from, this.weight(`${name}.${part}.weight`));
    const inputs = {
      query: project("query", normed),
      key: project("key", hidden),
      value: project("value", hidden),
      bias,
      mask,
    };
    const isCausal = stack === "decoder" && source === null;
    const mixed = attention(inputs, { heads: this.geometry.heads, causal: isCausal });
    return tf.add(input.hidden, this.dropout(project("output", mixed), name));
  }

  feedForward(name: string, state: Tensor): Tensor {
    const normed = this.norm(`${name}.norm`, state);
    const project = (part: string, from: Tensor): Tensor => linear(from, this.weight(`${name}.${part}.weight`));
    const inner = this.geometry.isGated
      ? tf.mul(gelu(project("gate", normed)), project("input", normed))
      : relu(project("input", normed));
    return tf.add(state, this.dropout(project("output", this.dropout(inner, `${name}.activation`)), name));
  }

  norm(name: string, state: Tensor): Tensor {
    return rmsNorm(state, this.weight(`${name}.weight`));
  }

  dropout(state: Tensor, place: string): Tensor {
    const { training, random } = this.context;
    return training && this.config.dropout > 0
      ? dropout(state, this.config.dropout, random.fork(prefix + place))
      : state;
  }

  weight(name: string): Tensor {
    return this.context.params[prefix + name]!;
  }
}
