import {
  type Activation,
  ConfigError,
  ConfigReader,
  defineMethod,
  type Hook,
  type LayoutFiles,
  type LowRankConfig,
  lowRankConfig,
  lowRankProduct,
  lowRankSites,
  type Params,
  peftFiles,
  peftTensors,
  type Tuned,
  updatedWeights,
} from "@petl/spec";
import { dropout, type Tensor, tf } from "@petl/tensor";
import { principalFactors } from "./principal-factors.js";

export interface PissaConfig extends LowRankConfig {
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Trains the principal part of a linear layer's weight, of low rank: `y = W x + (alpha / rank) (B A - B_0 A_0) x`.
 *
 * `A` (rank, input) and `B` (output, rank) start at `A_0` and `B_0`, whose product times `alpha / rank` is the weight's leading singular
 * triplets; these stay, so training starts at the backbone. Meng et al. 2024, section 3, https://arxiv.org/abs/2404.02948
 */
export default defineMethod<PissaConfig>({
  specVersion: "v1",
  name: "pissa",
  paper: {
    title: "PiSSA: Principal Singular Values and Singular Vectors Adaptation of Large Language Models",
    url: "https://arxiv.org/abs/2404.02948",
  },
  parse(input) {
    const fields = new ConfigReader("pissa", input);
    const config = {
      ...lowRankConfig(fields, 1),
      learningRateScale: fields.number("learningRateScale", 1, 0),
    };
    fields.done();
    if (config.alpha <= 0) throw new ConfigError("pissa.alpha", `expected a number above 0, got ${config.alpha}`);
    return config;
  },
  attach(backbone, config, random) {
    const sites = lowRankSites("pissa", backbone, config);
    const first = sites.map(({ name, params: [weight] }): Params => {
      const { a, b } = principalFactors(backbone.params[weight!]!, { ...config, random: random.fork(name) });
      const { trained, kept } = factorsOf(name);
      return { [kept.a]: a, [kept.b]: b, [trained.a]: tf.mul(a, 1), [trained.b]: tf.mul(b, 1) }; // buffers of their own
    });
    return {
      params: Object.assign({}, ...first),
      frozen: sites.flatMap(({ name }) => Object.values(factorsOf(name).kept)),
      unfrozen: [],
      hooks: new Map(sites.map(({ name }) => [name, updateHook(name, config)])),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
      merge: (weights, params) => updatedWeights(sites, weights, ({ name }) => updateOf(name, params, config)),
    };
  },
  layouts: { peft: inPeft },
});

const scaleOf = ({ rank, alpha }: LowRankConfig): number => alpha / rank;

/** Names of a site's factors, and of those they began with. */
const factorsOf = (site: string) => ({
  trained: { a: `${site}.pissaA`, b: `${site}.pissaB` },
  kept: { a: `${site}.pissaFirstA`, b: `${site}.pissaFirstB` },
});

function updateHook(name: string, config: PissaConfig): Hook {
  const { trained, kept } = factorsOf(name);
  return (output, input, { params, training, random }): Activation => {
    const hidden = training ? dropout(input.hidden, config.dropout, random.fork(name)) : input.hidden;
    const product = ({ a, b }: typeof trained) => lowRankProduct(hidden, params[a]!, params[b]!, scaleOf(config));
    const update = tf.sub(product(trained), product(kept)); // exactly zero at the start
    return { hidden: tf.add(output.hidden, update), mask: output.mask };
  };
}

/** `(alpha / rank) (B A - B_0 A_0)`: (output, input). */
function updateOf(name: string, params: Params, config: PissaConfig): Tensor {
  const { trained, kept } = factorsOf(name);
  const product = ({ a, b }: typeof trained): Tensor => tf.matMul(params[b] as tf.Tensor2D, params[a] as tf.Tensor2D);
  return tf.mul(tf.sub(product(trained), product(kept)), scaleOf(config));
}

/** PEFT loads it as LoRA of twice the rank on the backbone as it was: `[B, -B_0] [A; A_0]`. */
function inPeft(tuned: Tuned<PissaConfig>): LayoutFiles {
  const { backbone, config } = tuned;
  const sites = lowRankSites("pissa", backbone, config);
  const added = { ...tuned.trained, ...tuned.frozen };
  const joined = sites.map(({ name }): Params => {
    const { trained, kept } = factorsOf(name);
    return {
      [`${name}.a`]: tf.concat([added[trained.a]!, added[kept.a]!], 0),
      [`${name}.b`]: tf.tidy(() => tf.concat([added[trained.b]!, tf.neg(added[kept.b]!)], 1)),
    };
  });
  const parts = { a: "lora_A.weight", b: "lora_B.weight" };
  const files = { backbone, trained: Object.assign({}, ...joined) as Params, frozen: {} };
  const { modules, tensors } = peftTensors(sites, files, parts);
  const settings = {
    peft_type: "LORA",
    r: 2 * config.rank,
    lora_alpha: 2 * config.alpha,
    lora_dropout: config.dropout,
    bias: "none",
    target_modules: modules,
  };
  return peftFiles(tuned, settings, tensors);
}
