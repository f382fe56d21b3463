import {
  type Activation,
  type Backbone,
  ConfigReader,
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
} from "@petl/spec";
import { addBias, dropout, linear, type Random, type Tensor, tf, untaped, widened } from "@petl/tensor";

export interface DoraConfig extends LowRankConfig {
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Weight-decomposed low-rank update of a frozen linear layer: `y = m / |V| * V x + b`, `V = W + (alpha / rank) B A`.
 *
 * `A` is (rank, input), Kaiming uniform; `B` is (output, rank), zero; the magnitudes `m` are (output) and start at `|W|`, the norm
 * of each output's weights, so training starts at the backbone. `|V|` has no gradient (section 4.3).
 * Liu et al. 2024, https://arxiv.org/abs/2402.09353
 */
export default defineMethod<DoraConfig>({
  specVersion: "v1",
  name: "dora",
  paper: { title: "DoRA: Weight-Decomposed Low-Rank Adaptation", url: "https://arxiv.org/abs/2402.09353" },
  parse(input) {
    const fields = new ConfigReader("dora", input);
    const config = {
      ...lowRankConfig(fields),
      learningRateScale: fields.number("learningRateScale", 1, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, config, random) {
    const sites = lowRankSites("dora", backbone, config);
    const params: Record<string, Tensor> = {};
    for (const site of sites) Object.assign(params, decomposed(site, backbone, config.rank, random));
    return {
      params,
      unfrozen: [],
      hooks: new Map(sites.map((site) => [site.name, updateHook(site, backbone, config)])),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
      merge: (weights, trained) => merged(sites, weights, trained, config),
    };
  },
  layouts: { peft: inPeft },
});

function decomposed(site: Site, { params }: Backbone, rank: number, random: Random): Params {
  const [weight] = site.params;
  return {
    ...lowRankFactors(site, "dora", rank, random),
    [`${site.name}.magnitude`]: tf.tidy(() => tf.sqrt(squaredNorms(widened(params[weight!]!)))),
  };
}

/** Norm of each output's weights: (output, input) -> (output). */
const squaredNorms = (weight: Tensor): Tensor => tf.sum(tf.square(weight), 1);

/**
 * `|W + s B A|` of each output -> (output), without the sum in memory:
 * its square is `|W|^2 + B . (2 s W A^T + s^2 B A A^T)`, row by row.
 */
function directionNorms(stored: Tensor, a: Tensor, b: Tensor, scale: number): Tensor {
  return tf.tidy(() => {
    const weight = widened(stored);
    const crossed = tf.mul(linear(weight, a), 2 * scale); // (output, rank)
    const own = tf.mul(linear(b, linear(a, a)), scale * scale); // (output, rank)
    return tf.sqrt(tf.add(squaredNorms(weight), tf.sum(tf.mul(b, tf.add(crossed, own)), 1)));
  });
}

function updateHook({ name, params: [weight, bias] }: Site, backbone: Backbone, config: DoraConfig): Hook {
  const scale = config.alpha / config.rank;
  return (output, input, { params, training, random }): Activation => {
    const [a, b, magnitude] = [params[`${name}.doraA`]!, params[`${name}.doraB`]!, params[`${name}.magnitude`]!];
    const hidden = training ? dropout(input.hidden, config.dropout, random.fork(name)) : input.hidden;
    const down = linear(hidden, a); // (batch, tokens, rank)
    const up = linear(tf.mul(down, scale), b); // (batch, tokens, output)
    const norms = untaped(() => directionNorms(backbone.params[weight!]!, a, b, scale));
    const frozen = bias === undefined ? output.hidden : tf.sub(output.hidden, backbone.params[bias]!); // W x
    const turned = tf.mul(tf.add(frozen, up), tf.div(magnitude, norms));
    return { hidden: bias === undefined ? turned : addBias(turned, backbone.params[bias]!), mask: output.mask };
  };
}

function merged(sites: readonly Site[], weights: Params, params: Params, { alpha, rank }: DoraConfig): Params {
  const scale = alpha / rank;
  return Object.fromEntries(
    sites.map(({ name, params: [weight] }) => {
      const [a, b] = [params[`${name}.doraA`]!, params[`${name}.doraB`]!];
      const replaced = tf.tidy(() => {
        const frozen = weights[weight!]!;
        const factor = tf.div(params[`${name}.magnitude`]!, directionNorms(frozen, a, b, scale)); // (output)
        const product = tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D);
        return tf.mul(tf.add(frozen, tf.mul(product, scale)), tf.expandDims(factor, 1));
      });
      return [weight!, replaced];
    }),
  );
}

/** PEFT has it as a setting of LoRA. */
function inPeft(tuned: Tuned<DoraConfig>): LayoutFiles {
  const { backbone, config } = tuned;
  const parts = { doraA: "lora_A.weight", doraB: "lora_B.weight", magnitude: "lora_magnitude_vector" };
  const { modules, tensors } = peftTensors(lowRankSites("dora", backbone, config), tuned, parts);
  const settings = {
    peft_type: "LORA",
    use_dora: true,
    r: config.rank,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    bias: "none",
    target_modules: modules,
  };
  return peftFiles(tuned, settings, tensors);
}
