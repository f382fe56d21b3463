import {
  type Activation,
  ConfigError,
  ConfigReader,
  chainHooks,
  defineMethod,
  type Hook,
  type LayoutFiles,
  type LowRankConfig,
  lowRankConfig,
  lowRankFactors,
  lowRankSites,
  type Params,
  peftFiles,
  peftTensors,
  type Site,
  type Tuned,
  trainedBiases,
} from "@petl/spec";
import { dropout, linear, type Tensor, tf } from "@petl/tensor";

export interface LoraConfig extends LowRankConfig {
  /** `all` also trains the backbone's biases; where it has none, one is added to every linear layer and norm, as in Sung et al. 2022. */
  readonly biases: "none" | "all";
  /** Scales the update by `alpha / sqrt(rank)`, as in rank-stabilized LoRA, instead of `alpha / rank`. */
  readonly rankStabilized: boolean;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Low-rank update of a frozen linear layer: `y = W x + (alpha / rank) B A x`.
 *
 * `A` is (rank, input), Kaiming uniform; `B` is (output, rank), zero, so training starts at the backbone.
 * Hu et al. 2021, section 4.1, https://arxiv.org/abs/2106.09685. Rank-stabilized: `y = W x + (alpha / sqrt(rank)) B A x`, whose
 * updates do not shrink with the rank; Kalajdzievski 2023, https://arxiv.org/abs/2312.03732
 */
export default defineMethod<LoraConfig>({
  specVersion: "v1",
  name: "lora",
  paper: { title: "LoRA: Low-Rank Adaptation of Large Language Models", url: "https://arxiv.org/abs/2106.09685" },
  parse(input) {
    const fields = new ConfigReader("lora", input);
    const config = {
      ...lowRankConfig(fields),
      biases: fields.choice("biases", ["none", "all"], "none"),
      rankStabilized: fields.boolean("rankStabilized", false),
      learningRateScale: fields.number("learningRateScale", 1, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, config, random) {
    const sites = lowRankSites("lora", backbone, config);
    const biases = config.biases === "all" ? trainedBiases(backbone) : { unfrozen: [], params: {}, hooks: new Map() };
    const hooks = new Map(biases.hooks);
    const params: Record<string, Tensor> = { ...biases.params };
    for (const site of sites) {
      Object.assign(params, lowRankFactors(site, "lora", config.rank, random));
      const biasHook = biases.hooks.get(site.name);
      const update = updateHook(site.name, config);
      hooks.set(site.name, biasHook === undefined ? update : chainHooks(update, biasHook));
    }
    return {
      params,
      unfrozen: biases.unfrozen,
      hooks,
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
      ...(config.biases === "none" && {
        merge: (weights: Params, trained: Params) => merged(sites, weights, trained, config),
      }),
    };
  },
  layouts: { peft: inPeft },
});

const scaleOf = ({ rank, alpha, rankStabilized }: LoraConfig): number =>
  alpha / (rankStabilized ? Math.sqrt(rank) : rank);

function updateHook(name: string, config: LoraConfig): Hook {
  const { dropout: rate } = config;
  return (output, input, { params, training, random }): Activation => {
    const hidden = training ? dropout(input.hidden, rate, random.fork(name)) : input.hidden;
    const down = linear(hidden, params[`${name}.loraA`]!); // (batch, tokens, rank)
    const up = linear(tf.mul(down, scaleOf(config)), params[`${name}.loraB`]!); // (batch, tokens, output)
    return { hidden: tf.add(output.hidden, up), mask: output.mask };
  };
}

function merged(sites: readonly Site[], weights: Params, params: Params, config: LoraConfig): Params {
  return Object.fromEntries(
    sites.map(({ name, params: [weight] }) => {
      const [a, b] = [params[`${name}.loraA`] as tf.Tensor2D, params[`${name}.loraB`] as tf.Tensor2D];
      return [weight!, tf.tidy(() => tf.add(weights[weight!]!, tf.mul(tf.matMul(b, a), scaleOf(config))))];
    }),
  );
}

function inPeft(tuned: Tuned<LoraConfig>): LayoutFiles {
  const { backbone, config } = tuned;
  if (config.biases === "all")
    throw new ConfigError("lora.biases", 'expected "none" for PEFT\'s files, which hold no biases, got "all"');
  const parts = { loraA: "lora_A.weight", loraB: "lora_B.weight" };
  const { modules, tensors } = peftTensors(lowRankSites("lora", backbone, config), tuned, parts);
  const settings = {
    peft_type: "LORA",
    r: config.rank,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    ...(config.rankStabilized && { use_rslora: true }),
    bias: "none",
    target_modules: modules,
  };
  return peftFiles(tuned, settings, tensors);
}
