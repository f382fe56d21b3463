import type { Activation, Backbone, NarrowStack, Params, SideNetwork, StepContext } from "@petl/spec";
import { layerNorm, linear, type Tensor, tf, tidy } from "@petl/tensor";
import { prefix } from "./params.js";

/** PyTorch's of its layer norms. */
const normEpsilon = 1e-5;

/** The side network: narrow blocks over all tokens, then, of what is read out, its state mixed with the backbone's. */
export function sideNetwork(backbone: Backbone, { sites, narrow, closing, enters }: NarrowStack): SideNetwork {
  const { entry, blocks } = sites;
  const [first, last] = [blocks[0]!, blocks.at(-1)!];
  const closed = (input: Activation, run: (site: string, input: Activation) => Activation): Activation =>
    closing.reduce((state, { name }) => run(name, state), input);
  /** The backbone's own closing norm. */
  const finished = (input: Activation, context: StepContext): Activation => {
    const [batch, positions] = input.hidden.shape as [number, number, number];
    const itself = { prefix: "", dropout: 0, context: { ...context, params: backbone.params } };
    return closed(input, backbone.narrow!(1).begin([batch, positions], itself));
  };
  return {
    reads: [entry, ...blocks],
    enters,
    forward(recorded, context, readOut) {
      const { params } = context;
      const { hidden: entering, mask } = recorded.get(entry)!;
      const [batch, tokens] = entering.shape as [number, number, number];
      const run = narrow.begin([batch, tokens], { prefix, context, dropout: 0 });
      let state: Activation = { hidden: downsampled(first, entering, params), mask }; // (batch, tokens, channels / reduction)
      for (const block of blocks) {
        const { hidden } = state;
        state = tidy(() => {
          const down = downsampled(block, recorded.get(block)!.hidden, params);
          return run(block, { hidden: mixed(params[`${prefix}${block}.gate`]!, hidden, down), mask });
        });
      }
      const { hidden } = closed(readOut(state), run);
      const up = linear(hidden, params[`${prefix}up.weight`]!, params[`${prefix}up.bias`]!);
      const own = finished(readOut(recorded.get(last)!), context).hidden;
      return mixed(params[`${prefix}gate`]!, own, up); // (batch, positions, channels)
    },
  };
}

/** `norm(B swish(A x))`: (batch, tokens, channels) -> (batch, tokens, channels / reduction). */
function downsampled(block: string, state: Tensor, params: Params): Tensor {
  const of = (part: string): Tensor => params[`${prefix}${block}.down.${part}`]!;
  const inner = linear(state, of("reduce.weight"));
  const expanded = linear(tf.mul(inner, tf.sigmoid(inner)), of("expand.weight"));
  return layerNorm(expanded, of("norm.weight"), of("norm.bias"), normEpsilon);
}

/** `sigmoid(z) a + (1 - sigmoid(z)) b`, channel by channel. */
const mixed = (gate: Tensor, a: Tensor, b: Tensor): Tensor => tf.add(b, tf.mul(tf.sigmoid(gate), tf.sub(a, b)));
