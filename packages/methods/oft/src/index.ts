import {
  AttachmentError,
  type Backbone,
  ConfigReader,
  defineMethod,
  type InputHook,
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
import { type Tensor, tf, widened } from "@petl/tensor";
import { rotateBlocks } from "./rotate-blocks.js";
import { rotationsOf } from "./rotations.js";

export interface OftConfig extends TargetConfig {
  /** Channels of an input that are rotated together. */
  readonly blockSize: number;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Orthogonal fine-tuning as of its second version: each block `x_k` of a linear layer's input is rotated, `y = W [x_1 R_1, x_2 R_2, ...]`.
 *
 * `R_k` is made of a skew-symmetric `Q_k` by five terms of the Cayley transform's series. What is trained are the values of `Q_k` above
 * the diagonal, (blocks, size (size - 1) / 2), zero, so training starts at the backbone. Qiu et al. 2025, section 4,
 * https://arxiv.org/abs/2506.19847; Qiu et al. 2023, https://arxiv.org/abs/2306.07280
 */
export default defineMethod<OftConfig>({
  specVersion: "v1",
  name: "oft",
  paper: { title: "Orthogonal Finetuning Made Scalable", url: "https://arxiv.org/abs/2506.19847" },
  parse(input) {
    const fields = new ConfigReader("oft", input);
    const config = {
      blockSize: fields.integer("blockSize", 32, 2),
      ...targetConfig(fields),
      learningRateScale: fields.number("learningRateScale", 1, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, config) {
    const sites = rotatedSites(backbone, config);
    const { blockSize } = config;
    const values = (blockSize * (blockSize - 1)) / 2;
    return {
      params: Object.fromEntries(
        sites.map(({ name, width }) => [skewOf(name), tf.zeros([width[0] / blockSize, values])]),
      ),
      unfrozen: [],
      hooks: new Map(),
      inputHooks: new Map(sites.map(({ name }) => [name, rotationHook(name, blockSize)])),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
      merge: (weights, params) => merged(sites, weights, params, blockSize),
    };
  },
  layouts: { peft: inPeft },
});

const skewOf = (site: string): string => `${site}.skew`;

function rotatedSites(backbone: Backbone, config: OftConfig): Site[] {
  const sites = lowRankSites("oft", backbone, { ...config, rank: 1 });
  const inputs = [...new Set(sites.map(({ width }) => width[0]))];
  if (inputs.some((width) => width % config.blockSize !== 0))
    throw new AttachmentError(
      `oft: expected a block size that divides the targets' inputs (${inputs.join(", ")} channels), got ${config.blockSize}`,
    );
  return sites;
}

function rotationHook(name: string, blockSize: number): InputHook {
  return ({ hidden, mask }, { params }) => ({
    hidden: rotateBlocks(hidden, rotationsOf(params[skewOf(name)]!, blockSize)),
    mask,
  });
}

/** Block `k` of the weight's columns becomes `W_k R_k^T`. */
function merged(sites: readonly Site[], weights: Params, params: Params, blockSize: number): Params {
  return Object.fromEntries(
    sites.map(({ name, params: [weight] }): [string, Tensor] => {
      const turned = (): Tensor => {
        const rotations = rotationsOf(params[skewOf(name)]!, blockSize);
        return rotateBlocks(widened(weights[weight!]!), tf.transpose(rotations, [0, 2, 1]));
      };
      return [weight!, tf.tidy(turned)];
    }),
  );
}

function inPeft(tuned: Tuned<OftConfig>): LayoutFiles {
  const { backbone, config } = tuned;
  const { modules, tensors } = peftTensors(rotatedSites(backbone, config), tuned, { skew: "oft_R.weight" });
  const settings = {
    peft_type: "OFT",
    peft_version: "0.18.0", // since then its series ends as ours does
    r: 0,
    oft_block_size: config.blockSize,
    use_cayley_neumann: true,
    num_cayley_neumann_terms: 5,
    module_dropout: 0,
    bias: "none",
    target_modules: modules,
  };
  return peftFiles(tuned, settings, tensors);
}
