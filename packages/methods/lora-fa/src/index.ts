import {
  type Activation,
  ConfigError,
  ConfigReader,
  defineMethod,
  type Hook,
  type LayoutFiles,
  type LowRankConfig,
  lowRankConfig,
  lowRankFactors,
  lowRankProduct,
  lowRankSites,
  type Params,
  peftFiles,
  peftTensors,
  type Tuned,
  updatedWeights,
} from "@petl/spec";
import { dropout, type Tensor, tf } from "@petl/tensor";
import { preconditioner } from "./preconditioner.js";

export interface LoraFaConfig extends LowRankConfig {
  /** Multiplies the gradient of `B` by `(A A^T)^-1` before AdamW sees it. */
  readonly preconditioned: boolean;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Low-rank update of a frozen linear layer of which one factor is frozen too: `y = W x + (alpha / rank) B A x`, only `B` is trained.
 *
 * `A` is (rank, input), Kaiming uniform; `B` is (output, rank), zero, so training starts at the backbone. Of a layer's input, backward
 * needs `A x` alone. Zhang et al. 2023, section 3, https://arxiv.org/abs/2308.03303
 */
export default defineMethod<LoraFaConfig>({
  specVersion: "v1",
  name: "lora-fa",
  paper: {
    title: "LoRA-FA: Memory-efficient Low-rank Adaptation for Large Language Models Fine-tuning",
    url: "https://arxiv.org/abs/2308.03303",
  },
  parse(input) {
    const fields = new ConfigReader("lora-fa", input);
    const config = {
      ...lowRankConfig(fields),
      preconditioned: fields.boolean("preconditioned", false),
      learningRateScale: fields.number("learningRateScale", 5, 0),
    };
    fields.done();
    if (config.preconditioned && config.alpha === 0)
      throw new ConfigError("lora-fa.alpha", "expected another number than 0 for a preconditioned gradient, got 0");
    return config;
  },
  attach(backbone, config, random) {
    const sites = lowRankSites("lora-fa", backbone, config);
    const params: Record<string, Tensor> = {};
    for (const site of sites) Object.assign(params, lowRankFactors(site, "lora", config.rank, random));
    return {
      params,
      frozen: sites.map(({ name }) => factorsOf(name)[0]),
      unfrozen: [],
      hooks: new Map(sites.map(({ name }) => [name, updateHook(name, config)])),
      optimizer: (param, added) => ({
        learningRateScale: config.learningRateScale,
        ...(config.preconditioned && {
          projection: preconditioner({ ...pairOf(param, added), scale: scaleOf(config) }),
        }),
      }),
      merge: (weights, trained) => updatedWeights(sites, weights, ({ name }) => updateOf(name, trained, config)),
    };
  },
  layouts: { peft: inPeft },
});

const scaleOf = ({ rank, alpha }: LoraFaConfig): number => alpha / rank;
const factorsOf = (site: string): readonly [a: string, b: string] => [`${site}.loraA`, `${site}.loraB`];
/** The factors of an update, of which `param` is `B`. */
const pairOf = (param: string, params: Params) => ({ a: params[param.replace(/B$/, "A")]!, b: params[param]! });

function updateHook(name: string, config: LoraFaConfig): Hook {
  const [a, b] = factorsOf(name);
  return (output, input, { params, training, random }): Activation => {
    const hidden = training ? dropout(input.hidden, config.dropout, random.fork(name)) : input.hidden;
    const update = lowRankProduct(hidden, params[a]!, params[b]!, scaleOf(config));
    return { hidden: tf.add(output.hidden, update), mask: output.mask };
  };
}

/** `(alpha / rank) B A`: (output, input). */
function updateOf(name: string, params: Params, config: LoraFaConfig): Tensor {
  const [a, b] = factorsOf(name).map((factor) => params[factor] as tf.Tensor2D) as [tf.Tensor2D, tf.Tensor2D];
  return tf.mul(tf.matMul(b, a), scaleOf(config));
}

/** PEFT has it as LoRA with an optimizer of its own. */
function inPeft(tuned: Tuned<LoraFaConfig>): LayoutFiles {
  const { backbone, config } = tuned;
  const parts = { loraA: "lora_A.weight", loraB: "lora_B.weight" };
  const { modules, tensors } = peftTensors(lowRankSites("lora-fa", backbone, config), tuned, parts);
  const settings = {
    peft_type: "LORA",
    r: config.rank,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    bias: "none",
    target_modules: modules,
  };
  return peftFiles(tuned, settings, tensors);
}
