import {
  type Activation,
  AttachmentError,
  type Backbone,
  ConfigReader,
  defineMethod,
  type Hook,
  type LayoutFiles,
  lowRankSites,
  type Params,
  peftFiles,
  peftTensors,
  type Site,
  type TargetConfig,
  type Tuned,
  targetConfig,
} from "@petl/spec";
import { dropout, linear, type Tensor, tf } from "@petl/tensor";

export interface MissConfig extends TargetConfig {
  /** Width of the shards that a layer's input is divided into. */
  readonly rank: number;
  /** Dropout of the update's input, in training. */
  readonly dropout: number;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * MiSS: all shards of a linear layer's weight share one trained matrix, `y = W x + D (x_1 + x_2 + ...)`, where `x_i` are the input's
 * parts of `rank` channels, the last filled up with zeros.
 *
 * `D` is (output, rank), zero, so training starts at the backbone. Kang and Yin 2024, section 3, https://arxiv.org/abs/2409.15371
 */
export default defineMethod<MissConfig>({
  specVersion: "v1",
  name: "miss",
  paper: {
    title: "MiSS: Revisiting the Trade-off in LoRA with an Efficient Shard-Sharing Structure",
    url: "https://arxiv.org/abs/2409.15371",
  },
  parse(input) {
    const fields = new ConfigReader("miss", input);
    const config = {
      rank: fields.integer("rank", 64, 1),
      dropout: fields.number("dropout", 0, 0, 1),
      ...targetConfig(fields),
      learningRateScale: fields.number("learningRateScale", 1, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, config) {
    const sites = shardedSites(backbone, config);
    return {
      params: Object.fromEntries(sites.map(({ name, width }) => [shardOf(name), tf.zeros([width[1], config.rank])])),
      unfrozen: [],
      hooks: new Map(sites.map((site) => [site.name, updateHook(site, config)])),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
      merge: (weights, params) => merged(sites, weights, params),
    };
  },
  layouts: { peft: inPeft },
});

const shardOf = (site: string): string => `${site}.shard`;

function shardedSites(backbone: Backbone, config: MissConfig): Site[] {
  const sites = lowRankSites("miss", backbone, { ...config, rank: 1 });
  const narrowest = Math.min(...sites.map(({ width }) => width[0]));
  if (config.rank > narrowest)
    throw new AttachmentError(
      `miss: expected a rank from 1 to ${narrowest} (the narrowest input of a target), got ${config.rank}`,
    );
  return sites;
}

function updateHook({ name, width: [width] }: Site, { rank, dropout: rate }: MissConfig): Hook {
  const shards = Math.ceil(width / rank);
  const missing = shards * rank - width;
  return (output, input, { params, training, random }): Activation => {
    const hidden = training ? dropout(input.hidden, rate, random.fork(name)) : input.hidden;
    const [batch, tokens] = hidden.shape as [number, number];
    const whole = missing === 0 ? hidden : tf.concat([hidden, tf.zeros([batch, tokens, missing])], 2);
    const summed = tf.sum(tf.reshape(whole, [batch, tokens, shards, rank]), 2); // (batch, tokens, rank)
    return { hidden: tf.add(output.hidden, linear(summed, params[shardOf(name)]!)), mask: output.mask };
  };
}

/** `W + [D D ... D]`, the last copy cut to what is left of the input's width. */
function merged(sites: readonly Site[], weights: Params, params: Params): Params {
  return Object.fromEntries(
    sites.map(({ name, params: [weight], width: [width] }): [string, Tensor] => {
      const shard = params[shardOf(name)] as tf.Tensor2D;
      const copies = Math.ceil(width / shard.shape[1]);
      const update = (): Tensor => tf.slice(tf.tile(shard, [1, copies]), [0, 0], [-1, width]);
      return [weight!, tf.tidy(() => tf.add(weights[weight!]!, update()))];
    }),
  );
}

function inPeft(tuned: Tuned<MissConfig>): LayoutFiles {
  const { backbone, config } = tuned;
  const { modules, tensors } = peftTensors(shardedSites(backbone, config), tuned, { shard: "miss_block" });
  const settings = {
    peft_type: "MISS",
    r: config.rank,
    miss_dropout: config.dropout,
    init_weights: true,
    bias: "none",
    target_modules: modules,
  };
  const transposed = Object.entries(tensors).map(([name, shard]) => [name, tf.transpose(shard)]); // PEFT's is (rank, output)
  return peftFiles(tuned, settings, Object.fromEntries(transposed));
}
