import type { Backbone, Site } from "./contract.js";
import { AttachmentError } from "./errors.js";

/** Which linear layers get a low-rank update. */
export interface LowRankTargets {
  readonly rank: number;
  /** Last parts of the names of the linear sites, such as `query`. */
  readonly targets: readonly string[];
  /** Last parts of the names of the blocks' sublayers they belong to, such as `crossAttention`. */
  readonly sublayers: readonly string[];
}

/**
 * The linear sites that `targets` and `sublayers` name, in the backbone's order.
 *
 * @throws AttachmentError in the name of `method` where there are none, or where the rank exceeds the narrowest one's width
 */
export function lowRankSites(method: string, backbone: Backbone, { rank, targets, sublayers }: LowRankTargets): Site[] {
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
