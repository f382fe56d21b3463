import {
  type Activation,
  type Backbone,
  ConfigReader,
  defineMethod,
  type Hook,
  type LayoutFiles,
  type LowRankConfig,
  lowRankConfig,
  lowRankSites,
  type Params,
  peftFiles,
  peftModule,
  type Site,
  type Tuned,
} from "@petl/spec";
import { dropout, linear, type Random, type Tensor, tf, untaped } from "@petl/tensor";

export interface DoraConfig extends LowRankConfig {
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Weight-decomposed low-rank update of a frozen linear layer: `y = m / |V| * V x`, `V = W + (alpha / rank) B A`.
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
  const { name, width } = site;
  const [input, output] = width;
  const bound = Math.sqrt(1 / input); // Kaiming uniform with a = sqrt(5), as in the reference
  return {
    [`${name}.doraA`]: random.fork(`${name}.doraA`).uniform([rank, input], -bound, bound),
    [`${name}.doraB`]: tf.zeros([output, rank]),
    [`${name}.magnitude`]: tf.tidy(() => tf.sqrt(squaredNorms(params[site.params[0]!]!))),
  };
}

/** Norm of each output's weights: (output, input) -> (output). */
const squaredNorms = (weight: Tensor): Tensor => tf.sum(tf.square(weight), 1);

/**
 * `|W + s B A|` of each output -> (output), without the sum in memory:
 * its square is `|W|^2 + B . (2 s W A^T + s^2 B A A^T)`, row by row.
 */
function directionNorms(weight: Tensor, a: Tensor, b: Tensor, scale: number): Tensor {
  return tf.tidy(() => {
    const crossed = tf.mul(linear(weight, a), 2 * scale); // (output, rank)
    const own = tf.mul(linear(b, linear(a, a)), scale * scale); // (output, rank)
    return tf.sqrt(tf.add(squaredNorms(weight), tf.sum(tf.mul(b, tf.add(crossed, own)), 1)));
  });
}

function updateHook({ name, params: [weight] }: Site, backbone: Backbone, config: DoraConfig): Hook {
  const scale = config.alpha / config.rank;
  return (output, input, { params, training, random }): Activation => {
    const [a, b, magnitude] = [params[`${name}.doraA`]!, params[`${name}.doraB`]!, params[`${name}.magnitude`]!];
    const hidden = training ? dropout(input.hidden, config.dropout, random.fork(name)) : input.hidden;
    const down = linear(hidden, a); // (batch, tokens, rank)
    const up = linear(tf.mul(down, scale), b); // (batch, tokens, output)
    const norms = untaped(() => directionNorms(backbone.params[weight!]!, a, b, scale));
    return { hidden: tf.mul(tf.add(output.hidden, up), tf.div(magnitude, norms)), mask: output.mask };
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
function inPeft({ backbone, backboneSource, config, trained }: Tuned<DoraConfig>): LayoutFiles {
  const modules = lowRankSites("dora", backbone, config).map(
    ({ name, params }) => [name, peftModule(backbone, params[0]!)] as const,
  );
  const tensors = modules.flatMap(([site, module]) => [
    [`base_model.model.${module}.lora_A.weight`, trained[`${site}.doraA`]!],
    [`base_model.model.${module}.lora_B.weight`, trained[`${site}.doraB`]!],
    [`base_model.model.${module}.lora_magnitude_vector`, trained[`${site}.magnitude`]!],
  ]);
  const settings = {
    peft_type: "LORA",
    use_dora: true,
    r: config.rank,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    bias: "none",
    target_modules: modules.map(([, module]) => module),
  };
  return peftFiles({ backboneSource }, settings, Object.fromEntries(tensors));
}
