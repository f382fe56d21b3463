import type { Activation, Backbone, SideNetwork, StepContext } from "@petl/spec";
import { attention, dropout, gelu, linear, relu, rmsNorm, type Tensor, tf } from "@petl/tensor";
import type { LstConfig } from "./config.js";
import { attentionsOf, type Geometry, relativeBiasOf, type Stack, stacks } from "./geometry.js";
import { relativeBias } from "./relative-bias.js";
import { prefix } from "./side-params.js";

/** The side network of one backbone: its inputs and its forward pass. */
export function sideNetwork(backbone: Backbone, geometry: Geometry, config: LstConfig): SideNetwork {
  const tables = {
    encoder: prefix + relativeBiasOf(backbone, "encoder"),
    decoder: prefix + relativeBiasOf(backbone, "decoder"),
  };
  return {
    reads: stacks.flatMap((stack) => [
      `${stack}.embedding`,
      ...geometry.layers[stack].map((layer) => `${stack}.${layer}`),
    ]),
    enters: "lmHead",
    forward(recorded, context) {
      const side = new SideTransformer(recorded, context, geometry, config, tables);
      const encoded = side.run("encoder", null);
      const { hidden } = side.run("decoder", encoded);
      return linear(hidden, context.params[`${prefix}up.weight`]!, context.params[`${prefix}up.bias`]!); // (batch, targets, channels)
    },
  };
}

/** One forward pass through the narrow T5; its residual streams are (batch, tokens, channels / reduction). */
class SideTransformer {
  constructor(
    readonly recorded: ReadonlyMap<string, Activation>,
    readonly context: StepContext,
    readonly geometry: Geometry,
    readonly config: LstConfig,
    readonly tables: Readonly<Record<Stack, string>>,
  ) {}

  /** A stack from its downsampled embedding to its final norm; `encoded` is the input of cross-attention. */
  run(stack: Stack, encoded: Activation | null): Activation {
    const embedded = this.recorded.get(`${stack}.embedding`)!;
    const { mask } = embedded;
    const tokens = embedded.hidden.shape[1]!;
    const bias = relativeBias(
      this.context.params[this.tables[stack]]!,
      tokens,
      this.config.maxDistance,
      stack === "encoder",
    );
    let state = this.project(`${stack}.embedding.down`, embedded.hidden);
    for (const layer of this.geometry.layers[stack]) {
      const name = `${stack}.${layer}`;
      state = this.mix(name, state);
      for (const part of attentionsOf(stack)) {
        const source = part === "attention" ? null : encoded;
        state = this.attend(`${name}.${part}`, { hidden: state, mask }, source, source === null ? bias : null, stack);
      }
      state = this.feedForward(`${name}.feedforward`, state);
    }
    return { hidden: this.norm(`${stack}.norm`, state), mask };
  }

  /** `m D phi + (1 - m) s`, `m = sigmoid(alpha / temperature)`: mixes the backbone's layer output with the side state. */
  mix(name: string, state: Tensor): Tensor {
    const gate = tf.sigmoid(tf.mul(this.weight(`${name}.gate`), 1 / this.config.temperature));
    const down = this.project(`${name}.down`, this.recorded.get(name)!.hidden);
    return tf.add(state, tf.mul(gate, tf.sub(down, state)));
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

  project(name: string, state: Tensor): Tensor {
    return linear(state, this.weight(`${name}.weight`), this.weight(`${name}.bias`));
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
