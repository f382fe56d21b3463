import {
  type Activation,
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
  updatedWeights,
} from "@petl/spec";
import { dropout, linear, type Random, type Tensor, tf } from "@petl/tensor";
import { scaledUpdate } from "./scaled-update.js";

export interface VeraConfig extends TargetConfig {
  /** Rows of `A` and columns of `B`. */
  readonly rank: number;
  /** What each channel of `lambda_d` starts from. */
  readonly dInitial: number;
  /** Dropout of the update's input, in training. */
  readonly dropout: number;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * Frozen random factors that all linear layers share, scaled for each: `y = W x + lambda_b * B (lambda_d * A x)`.
 *
 * `A` is (rank, widest input) and `B` (widest output, rank), Kaiming uniform; a narrower layer takes the first columns of `A` and the first
 * rows of `B`. A layer trains `lambda_d` (rank) and `lambda_b` (output), which is zero, so training starts at the backbone.
 * Kopiczko et al. 2023, section 3, https://arxiv.org/abs/2310.11454
 */
export default defineMethod<VeraConfig>({
  specVersion: "v1",
  name: "vera",
  paper: { title: "VeRA: Vector-based Random Matrix Adaptation", url: "https://arxiv.org/abs/2310.11454" },
  parse(input) {
    const fields = new ConfigReader("vera", input);
    const config = {
      rank: fields.integer("rank", 256, 1),
      dInitial: fields.number("dInitial", 0.1),
      dropout: fields.number("dropout", 0, 0, 1),
      ...targetConfig(fields),
      learningRateScale: fields.number("learningRateScale", 30, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, config, random) {
    const sites = sitesOf(backbone, config);
    const scales = sites.map(({ name, width }): Params => {
      const { d, b } = scalesOf(name);
      return { [d]: tf.fill([config.rank], config.dInitial), [b]: tf.zeros([width[1]]) };
    });
    return {
      params: Object.assign(sharedFactors(sites, config.rank, random), ...scales),
      frozen: Object.values(shared),
      unfrozen: [],
      hooks: new Map(sites.map((site) => [site.name, updateHook(site, config)])),
      optimizer: () => ({ learningRateScale: config.learningRateScale }),
      merge: (weights, params) => updatedWeights(sites, weights, (site) => updateOf(site, params)),
    };
  },
  layouts: { peft: inPeft },
});

/** The factors, which belong to no site. */
const shared = { a: "vera.A", b: "vera.B" } as const;
const scalesOf = (site: string) => ({ d: `${site}.lambdaD`, b: `${site}.lambdaB` });
/** The rank may exceed the layers' widths. */
const sitesOf = (backbone: Tuned["backbone"], config: VeraConfig): Site[] =>
  lowRankSites("vera", backbone, { ...config, rank: 1 });

function sharedFactors(sites: readonly Site[], rank: number, random: Random): Params {
  const widest = (side: 0 | 1): number => Math.max(...sites.map(({ width }) => width[side]));
  const drawn = (name: string, shape: readonly [number, number]): Tensor => {
    const bound = Math.sqrt(6 / shape[1]); // Kaiming uniform: sqrt(3) times the deviation sqrt(2 / columns)
    return random.fork(name).uniform(shape, -bound, bound);
  };
  return { [shared.a]: drawn(shared.a, [rank, widest(0)]), [shared.b]: drawn(shared.b, [widest(1), rank]) };
}

/** A layer's parts of the factors: (rank, input) and (output, rank). */
function factorsOf({ width: [input, output] }: Site, params: Params): { a: tf.Tensor2D; b: tf.Tensor2D } {
  const [a, b] = [params[shared.a] as tf.Tensor2D, params[shared.b] as tf.Tensor2D];
  return {
    a: a.shape[1] === input ? a : tf.slice(a, [0, 0], [-1, input]),
    b: b.shape[0] === output ? b : tf.slice(b, [0, 0], [output, -1]),
  };
}

function updateHook(site: Site, { dropout: rate }: VeraConfig): Hook {
  const scales = scalesOf(site.name);
  return (output, input, { params, training, random }): Activation => {
    const hidden = training ? dropout(input.hidden, rate, random.fork(site.name)) : input.hidden;
    const { a, b } = factorsOf(site, params);
    const down = linear(hidden, a); // (batch, tokens, rank)
    const update = scaledUpdate({ down, d: params[scales.d]!, b: params[scales.b]! }, b);
    return { hidden: tf.add(output.hidden, update), mask: output.mask };
  };
}

/** `diag(lambda_b) B diag(lambda_d) A`: (output, input). */
function updateOf(site: Site, params: Params): Tensor {
  const { a, b } = factorsOf(site, params);
  const scales = scalesOf(site.name);
  const rowsBy = (factor: Tensor, scale: string): tf.Tensor2D => tf.mul(factor, tf.expandDims(params[scale]!, 1));
  return tf.matMul(rowsBy(b, scales.b), rowsBy(a, scales.d));
}

function inPeft(tuned: Tuned<VeraConfig>): LayoutFiles {
  const { backbone, config, frozen } = tuned;
  const parts = { lambdaB: "vera_lambda_b", lambdaD: "vera_lambda_d" };
  const { modules, tensors } = peftTensors(sitesOf(backbone, config), tuned, parts);
  const settings = {
    peft_type: "VERA",
    r: config.rank,
    d_initial: config.dInitial,
    vera_dropout: config.dropout,
    save_projection: true,
    bias: "none",
    target_modules: modules,
  };
  const factors = { "base_model.vera_A": frozen[shared.a]!, "base_model.vera_B": frozen[shared.b]! };
  return peftFiles(tuned, settings, { ...tensors, ...factors });
}
