import type { ConfigReader } from "./config.js";
import type { Backbone, Site } from "./contract.js";
import { AttachmentError } from "./errors.js";

/** A low-rank update `(alpha / rank) B A` and the linear layers that get one. */
export interface LowRankConfig {
  readonly rank: number;
  /** The update is scaled by `alpha / rank`. */
  readonly alpha: number;
  /** Dropout of the update's input, in training. */
  readonly dropout: number;
  /** Last parts of the names of the linear sites, such as `query`. */
  readonly targets: readonly string[];
  /** Last parts of the names of the blocks' sublayers they belong to, such as `crossAttention`. */
  readonly sublayers: readonly string[];
}

/** Reads the settings; by default rank 8, alpha twice the rank, the queries and values of every attention. */
export function lowRankConfig(fields: ConfigReader): LowRankConfig {
  const rank = fields.integer("rank", 8, 1);
  return {
    rank,
    alpha: fields.number("alpha", 2 * rank),
    dropout: fields.number("dropout", 0, 0, 1),
    targets: fields.strings("targets", ["query", "value"]),
    sublayers: fields.strings("sublayers", ["attention", "crossAttention"]),
  };
}

/**
 * The linear sites that `targets` and `sublayers` name, in the backbone's order.
 *
 * @throws AttachmentError in the name of `method` where there are none, or where the rank exceeds the narrowest one's width
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
