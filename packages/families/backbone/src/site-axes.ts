import type { Site } from "@petl/spec";

/** One dimension of a site's output: source tokens, target tokens, or a number of channels or heads. */
export type SiteAxis = "source" | "target" | number;

/**
 * The dimensions of a site's output after the batch, in order.
 *
 * (tokens, channels) for most; (heads, queries, keys) at an `attention-weights` site. The keys and values of cross-attention
 * are made of source tokens, everything else in a stack of its own tokens.
 */
export function siteAxes({ name, kind, width }: Site): readonly SiteAxis[] {
  const own = name.startsWith("encoder.") ? "source" : "target";
  const isCross = name.includes(".crossAttention.");
  if (kind === "attention-weights") return [width[1], own, isCross ? "source" : own];
  return [isCross && /\.(key|value)$/.test(name) ? "source" : own, width[1]];
}
