import { type Activation, type Backbone, defineMethod, type Params, type SideNetwork } from "@petl/spec";
import { linear, type Tensor, tf } from "@petl/tensor";
import { defaultHidden, parseReadConfig, type ReadConfig } from "./config.js";
import { crossAttention, type Reads, readsOf } from "./reads.js";
import { independent, sweep } from "./sweep.js";
import { inTorch } from "./torch-layout.js";
import { layerWeights, sweepParams, sweepWeights } from "./weights.js";

export type { ReadConfig } from "./config.js";

/**
 * READ: a recurrent network over the layers of a frozen backbone corrects its last state.
 *
 * Encoder: `h_i = cell(norm(phi_i), h_{i-1})`, aggregated to `s`. Joiner: `c_j = meanHeads(P_j) s`, with P_j the backbone's
 * cross-attention. Decoder: `h_j = cell([norm(phi_j) ; c_j], h_{j-1})`. Correction of the state that enters the readout:
 * `phi_M + rms(phi_M) (W aggregate(h_j) + b)`. A backbone of one stack has one sweep, over the tokens that are read out alone; its joiner
 * gives each the mean of what it sees, `c_i = norm(mean_t norm(phi_i,t))`. It feeds nothing back into the backbone.
 *
 * Nguyen, Wang, Li and Wu 2023, https://arxiv.org/abs/2305.15348; this package's README lists where we differ.
 */
export default defineMethod<ReadConfig>({
  specVersion: "v1",
  name: "read",
  paper: { title: "READ: Recurrent Adaptation of Large Transformers", url: "https://arxiv.org/abs/2305.15348" },
  parse: parseReadConfig,
  attach(backbone, config, random) {
    const reads = readsOf(backbone, config);
    const { corrected, layers, source, joinsMean } = reads;
    const channels = backbone.sites.find(({ name }) => name === layers.at(-1))!.width[1];
    const hidden = config.hidden ?? defaultHidden(channels);
    const bound = 1 / Math.sqrt(hidden);
    const joined = joinsMean ? channels : source === null ? 0 : hidden;
    const params: Params = {
      ...(source !== null && sweepParams("encoder", config, source.length, channels, hidden, 0, random)),
      ...sweepParams(corrected, config, layers.length, channels, hidden, joined, random),
      "output.weight": config.zeroInit
        ? tf.zeros([channels, hidden])
        : random.fork("output.weight").uniform([channels, hidden], -bound, bound),
      "output.bias": tf.zeros([channels]),
    };
    return {
      params,
      unfrozen: [],
      hooks: new Map(),
      side: sideNetwork(backbone, reads, config),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
    };
  },
  layouts: { torch: inTorch },
});

function sideNetwork(
  { kind }: Backbone,
  { corrected, layers, source, joinsMean, enters }: Reads,
  config: ReadConfig,
): SideNetwork {
  return {
    reads: source === null ? layers : [...source, ...layers, ...layers.map(crossAttention)],
    at: kind === "encoder-decoder" ? "tokens" : joinsMean ? "positions-with-mean" : "positions",
    enters,
    forward(recorded, { params }) {
      const read = layers.map((name) => recorded.get(name)!);
      const states = joinsMean ? read.map((each) => half(each, 0)) : read;
      const contexts = joinsMean
        ? read.map((each) => rows(half(each, 1).hidden))
        : source === null
          ? states.map(() => null)
          : join(recorded, source, layers, params, config);
      const summary = run(corrected, states, contexts, params, config); // (batch * positions, hidden)
      const last = states.at(-1)!.hidden; // (batch, positions, channels)
      const correction = tf.reshape(linear(summary, params["output.weight"]!, params["output.bias"]!), last.shape);
      return tf.add(last, config.scale === "none" ? correction : tf.mul(correction, scaleOf(last, config.scale)));
    },
  };
}

/** The states at the positions that are read out, or the means behind them: (batch, positions, 2 channels) -> (batch, positions, channels). */
function half({ hidden, mask }: Activation, which: 0 | 1): Activation {
  const [batch, positions, both] = hidden.shape as [number, number, number];
  return { hidden: tf.slice(hidden, [0, 0, (which * both) / 2], [batch, positions, both / 2]), mask };
}

/** The joiner of an encoder-decoder: applies each decoder layer's attention to the encoder's sweep. */
function join(
  recorded: ReadonlyMap<string, Activation>,
  encoder: readonly string[],
  decoder: readonly string[],
  params: Params,
  config: ReadConfig,
): Tensor[] {
  const layers = encoder.map((name) => recorded.get(name)!);
  const [batch, tokens] = layers[0]!.hidden.shape as [number, number, number];
  const summary = run(
    "encoder",
    layers,
    layers.map(() => null),
    params,
    config,
  );
  const byToken = tf.reshape(summary, [batch, tokens, -1]) as tf.Tensor3D; // (batch, sources, hidden)
  return decoder.map((name) => {
    const attended = tf.mean(recorded.get(crossAttention(name))!.hidden, 1) as tf.Tensor3D; // (batch, positions, sources)
    return rows(tf.matMul(attended, byToken));
  });
}

/** Sweeps over one stack and aggregates: (rows, hidden). */
function run(
  stack: string,
  layers: readonly Activation[],
  contexts: readonly (Tensor | null)[],
  params: Params,
  config: ReadConfig,
): Tensor {
  const inputs = layers.map(({ hidden }) => rows(hidden));
  const states = config.recurrent
    ? sweep(config.cell, inputs, contexts, sweepWeights(stack, params))
    : independent(inputs, contexts, params[`${stack}.norm`]!, layerWeights(stack, layers.length, params));
  if (config.aggregate === "last" && config.recurrent) return states.at(-1)!;
  return tf.mul(tf.addN(states), 1 / states.length);
}

const rows = (state: Tensor): Tensor => tf.reshape(state, [-1, state.shape[state.rank - 1]!]);

function scaleOf(state: Tensor, scale: "rms" | number): Tensor | number {
  return typeof scale === "number" ? scale : tf.sqrt(tf.mean(tf.square(state), -1, true)); // (batch, positions, 1)
}
