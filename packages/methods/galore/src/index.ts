import { type Backbone, ConfigReader, defineMethod, type Projection } from "@petl/spec";
import { leadingSingular, overwrite, type Random, type Tensor, tf } from "@petl/tensor";

export interface GaloreConfig {
  /** Directions that a weight's gradient is projected to. A weight whose lesser side is no longer is trained as it is. */
  readonly rank: number;
  /** Updates after which the directions are found anew. */
  readonly refreshEvery: number;
  /** Multiplies a projected weight's move. */
  readonly scale: number;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * GaLore trains every tensor of the backbone; AdamW keeps its moments of gradients projected to few directions.
 *
 * For the weight of a linear layer, (output, input), and its gradient `G`: `R = G P^T`, where `P` is (rank, input), the leading right
 * singular vectors of the gradient when they were found last; `W <- W - scale * AdamW(R) P`. Where the output is the lesser side, `P` is of
 * the left ones and `R = P G`. Zhao et al. 2024, algorithm 2, https://arxiv.org/abs/2403.03507
 */
export default defineMethod<GaloreConfig>({
  specVersion: "v1",
  name: "galore",
  paper: {
    title: "GaLore: Memory-Efficient LLM Training by Gradient Low-Rank Projection",
    url: "https://arxiv.org/abs/2403.03507",
  },
  parse(input) {
    const fields = new ConfigReader("galore", input);
    const config = {
      rank: fields.integer("rank", 128, 1),
      refreshEvery: fields.integer("refreshEvery", 200, 1),
      scale: fields.number("scale", 0.25, 0),
      learningRateScale: fields.number("learningRateScale", 4, 0),
    };
    fields.done();
    return config;
  },
  attach(backbone, config, random) {
    const projected = projectedWeights(backbone, config.rank);
    const { learningRateScale } = config;
    return {
      params: {},
      unfrozen: Object.keys(backbone.params).filter((param) => !backbone.head.includes(param)), // a head is the task's
      hooks: new Map(),
      optimizer: (param) =>
        projected.has(param)
          ? { learningRateScale, projection: projectionOf(backbone.params[param]!.shape, config, random.fork(param)) }
          : { learningRateScale },
    };
  },
});

/** The weights of the layers' linear sites that have more than `rank` channels either way. */
function projectedWeights({ sites, params }: Backbone, rank: number): Set<string> {
  const weights = sites
    .filter(({ kind, layer }) => kind === "linear" && layer >= 0)
    .flatMap(({ params }) => params.filter((param) => param.endsWith(".weight")));
  return new Set(weights.filter((param) => Math.min(...params[param]!.shape) > rank));
}

/** `random` draws where the search for a projection's directions begins. */
export function projectionOf(
  shape: readonly number[],
  { rank, refreshEvery, scale }: Pick<GaloreConfig, "rank" | "refreshEvery" | "scale">,
  random: Random,
): Projection {
  const [rows, columns] = shape as [number, number];
  const isTall = rows >= columns; // the lesser side is projected
  const product = (a: Tensor, b: Tensor, turnsB = false): Tensor =>
    tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, turnsB);
  return {
    shape: isTall ? [rows, rank] : [rank, columns],
    state: { directions: [rank, isTall ? columns : rows] },
    project(gradient, { directions }, update) {
      if ((update - 1) % refreshEvery === 0) {
        const options = { iterations: 2, sweeps: 4, random: random.fork(update) };
        const { left, right } = leadingSingular(gradient, rank, options);
        overwrite(directions!, isTall ? right : left);
      }
      return isTall ? product(gradient, directions!, true) : product(directions!, gradient);
    },
    back: (move, { directions }) =>
      tf.mul(isTall ? product(move, directions!) : product(tf.transpose(directions!), move), scale),
  };
}
