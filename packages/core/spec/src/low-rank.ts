import { linear, type Random, type Tensor, tf, widened } from "@petl/tensor";
import type { ConfigReader } from "./config.js";
import type { Backbone, Params, Site } from "./contract.js";
import { AttachmentError } from "./errors.js";

/** Which linear layers of the blocks a method adapts. */
export interface TargetConfig {
  /** Last parts of the names of the linear sites, such as `query`. */
  readonly targets: readonly string[];
  /** Last parts of the names of the blocks' sublayers they belong to, such as `crossAttention`. */
  readonly sublayers: readonly string[];
}

/** Settings of a low-rank update `(alpha / rank) B A`, and the linear layers that get one. */
export interface LowRankConfig extends TargetConfig {
  readonly rank: number;
  /** The update is scaled by `alpha / rank`. */
  readonly alpha: number;
  /** Dropout of the update's input, in training. */
  readonly dropout: number;
}

/** Reads which layers are adapted, by default the queries and values of every attention. */
export function targetConfig(fields: ConfigReader): TargetConfig {
  return {
    targets: fields.strings("targets", ["query", "value"]),
    sublayers: fields.strings("sublayers", ["attention", "crossAttention"]),
  };
}

/** Reads the settings; the defaults are rank 8, alpha `scale` times the rank, and the queries and values of every attention. */
export function lowRankConfig(fields: ConfigReader, scale = 2): LowRankConfig {
  const rank = fields.integer("rank", 8, 1);
  return {
    rank,
    alpha: fields.number("alpha", scale * rank),
    dropout: fields.number("dropout", 0, 0, 1),
    ...targetConfig(fields),
  };
}

/**
 * The linear sites that `targets` and `sublayers` name, in the backbone's order.
 *
 * @throws AttachmentError, which names `method`, if there are none or the rank exceeds the width of the narrowest
 */
export function lowRankSites(
  method: string,
  backbone: Backbone,
  { rank, targets, sublayers }: Pick<LowRankConfig, "rank" | "targets" | "sublayers">,
): Site[] {
  const sites = backbone.sites.filter(({ name, kind }) => {
    const [target, sublayer] = name.split(".").reverse();
    return kind === "linear" && targets.includes(target!) && sublayers.includes(sublayer ?? "");
  });
  if (sites.length === 0) {
    const wanted = `targets ${targets.join("+")} in ${sublayers.join("+")}`;
    throw new AttachmentError(`${method}: no linear site matches ${wanted}`);
  }
  const narrowest = Math.min(...sites.flatMap(({ width }) => width));
  if (rank > narrowest)
    throw new AttachmentError(`${method}: expected a rank from 1 to ${narrowest} (the narrowest target), got ${rank}`);
  return sites;
}

/**
 * The factors of a site's low-rank update: `<site>.<prefix>A` is (rank, input), Kaiming uniform with a = sqrt(5);
 * `<site>.<prefix>B` is (output, rank), zero, so that training starts at the backbone. Hu et al. 2021, section 4.1,
 * https://arxiv.org/abs/2106.09685
 */
export function lowRankFactors(
  { name, width: [input, output] }: Site,
  prefix: string,
  rank: number,
  random: Random,
): Params {
  const a = `${name}.${prefix}A`;
  const bound = Math.sqrt(1 / input);
  return {
    [a]: random.fork(a).uniform([rank, input], -bound, bound),
    [`${name}.${prefix}B`]: tf.zeros([output, rank]),
  };
}

/** `scale B A x` of such factors: (batch, tokens, input) -> (batch, tokens, output). */
export function lowRankProduct(x: Tensor, a: Tensor, b: Tensor, scale: number): Tensor {
  return linear(tf.mul(linear(x, a), scale), b); // scaled where there are `rank` channels
}

/** The weights of linear sites by name in float32, each with what is added to it: `update` is (output, input), as the weight. */
export function updatedWeights(sites: readonly Site[], weights: Params, update: (site: Site) => Tensor): Params {
  return Object.fromEntries(
    sites.map((site) => {
      const weight = site.params[0]!;
      return [weight, tf.tidy(() => tf.add(widened(weights[weight]!), update(site)))];
    }),
  );
}
