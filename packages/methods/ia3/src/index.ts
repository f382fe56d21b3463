import {
  AttachmentError,
  type Backbone,
  ConfigError,
  ConfigReader,
  defineMethod,
  type Hook,
  type LayoutFiles,
  type Params,
  peftFiles,
  publishedModule,
  type Site,
  type Tuned,
} from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";

export interface Ia3Config {
  /** Sites whose output is rescaled, by the last part of their names. */
  readonly targets: readonly string[];
  /** Multiplies the suite's learning rate: 3e-4 becomes the published 3e-3. */
  readonly learningRateScale: number;
}

/**
 * (IA)3: `softmax(q (l_k * k)^T) (l_v * v)` in every attention, `W_o (l_ff * f(W_i x))` in every feed-forward network.
 *
 * Each `l` is one vector per site (output channels), initially one. Liu et al. 2022, section 3.3,
 * https://arxiv.org/abs/2205.05638
 */
export default defineMethod<Ia3Config>({
  specVersion: "v1",
  name: "ia3",
  paper: {
    title: "Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning",
    url: "https://arxiv.org/abs/2205.05638",
  },
  parse(input) {
    const fields = new ConfigReader("ia3", input);
    const config = {
      targets: fields.strings("targets", ["key", "value", "activation"]),
      learningRateScale: fields.number("learningRateScale", 10, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, { targets, learningRateScale }) {
    const sites = targetSites(backbone, targets);
    return {
      params: Object.fromEntries(sites.map(({ name, width }) => [scaleOf(name), tf.ones([width[1]])])),
      unfrozen: [],
      hooks: new Map(sites.map(({ name }) => [name, rescale(scaleOf(name))])),
      optimizer: () => ({ learningRateScale }),
      merge: (weights, params) => merged(backbone, sites, weights, params),
    };
  },
  layouts: { peft: inPeft },
});

const scaleOf = (site: string): string => `${site}.scale`;

function targetSites({ sites }: Backbone, targets: readonly string[]): Site[] {
  const matching = (target: string): Site[] =>
    sites.filter(({ name, kind }) => (kind === "linear" || kind === "activation") && name.endsWith(`.${target}`));
  const unmatched = targets.find((target) => matching(target).length === 0);
  if (unmatched !== undefined || targets.length === 0) {
    throw new AttachmentError(
      `ia3: expected targets that name linear or activation sites, got ${unmatched ?? "an empty list"}`,
    );
  }
  return sites.filter((site) => targets.some((target) => matching(target).includes(site)));
}

function rescale(param: string): Hook {
  return ({ hidden, mask }, _input, { params }) => ({ hidden: tf.mul(hidden, params[param]!), mask });
}

/** The weight whose rows a scale multiplies; for an activation, the next layer's weight, whose columns it multiplies. */
function scaledWeight({ sites }: Backbone, { name, kind, params: owned }: Site): string {
  if (kind !== "activation") return owned[0]!;
  const reader = name.replace(/activation$/, "output");
  return sites.find((site) => site.name === reader)!.params[0]!;
}

/** A scale folds into the rows and the bias of the layer before it, or into the columns of the layer after it. */
function merged(backbone: Backbone, scaled: readonly Site[], weights: Params, params: Params): Params {
  const changed: Record<string, Tensor> = {};
  for (const site of scaled) {
    const weight = scaledWeight(backbone, site);
    const scale = params[scaleOf(site.name)]!;
    const factor = site.kind === "activation" ? scale : tf.reshape(scale, [-1, 1]);
    changed[weight] = tf.mul(changed[weight] ?? weights[weight]!, factor); // weights are (output, input)
    const bias = site.kind === "linear" ? site.params[1] : undefined;
    if (bias !== undefined) changed[bias] = tf.mul(weights[bias]!, scale);
  }
  return changed;
}

/** PEFT attaches an activation's scale to the next layer, which it calls a feed-forward module. */
function inPeft(tuned: Tuned<Ia3Config>): LayoutFiles {
  const { backbone, config, trained } = tuned;
  const modules = targetSites(backbone, config.targets).map((site) => ({
    scale: trained[scaleOf(site.name)]!,
    module: publishedModule(backbone, scaledWeight(backbone, site)),
    isInput: site.kind === "activation",
  }));
  const twice = modules.find(({ module }, index) => modules.findIndex((each) => each.module === module) !== index);
  if (twice !== undefined)
    throw new ConfigError("ia3.targets", `PEFT has one scale a module; expected one for ${twice.module}, got two`);
  const tensors = modules.map(({ scale, module, isInput }) => [
    `base_model.model.${module}.ia3_l`,
    tf.reshape(scale, isInput ? [1, -1] : [-1, 1]),
  ]);
  const settings = {
    peft_type: "IA3",
    target_modules: modules.map(({ module }) => module),
    feedforward_modules: modules.filter(({ isInput }) => isInput).map(({ module }) => module),
  };
  return peftFiles(tuned, settings, Object.fromEntries(tensors));
}
