import type { Random } from "@petl/tensor";

export interface SpanSettings {
  /** Share of the tokens that are masked. */
  readonly rate: number;
  /** Mean length of a masked span, in tokens. */
  readonly meanSpan: number;
}

/** A corrupted text: spans replaced by sentinels, and what stood there. */
export interface CorruptedText {
  /** The text with a sentinel in place of each span; ends with the end-of-sequence id. */
  readonly source: readonly number[];
  /** Each sentinel followed by its span; ends with the end-of-sequence id. */
  readonly target: readonly number[];
  /** Position in `source` of each sentinel, and the first token of its span. */
  readonly heads: readonly { readonly position: number; readonly token: number }[];
}

/**
 * T5's span corruption: `length * rate` tokens in spans of mean length `meanSpan`, spread by two random partitions, one of the
 * masked tokens and one of the others; a text begins unmasked. Raffel et al. 2020, section 3.1.4, `random_spans_noise_mask`.
 *
 * @throws Error if a text needs more spans than there are sentinels
 */
export function corruptSpans(
  tokens: ArrayLike<number>,
  { rate, meanSpan }: SpanSettings,
  sentinelIds: readonly number[],
  eosId: number,
  random: Random,
): CorruptedText {
  const masked = Math.min(Math.max(Math.round(tokens.length * rate), 1), tokens.length - 1);
  const spans = Math.min(Math.max(Math.round(masked / meanSpan), 1), masked, tokens.length - masked);
  if (spans > sentinelIds.length) {
    throw new Error(
      `span corruption: expected at most ${sentinelIds.length} spans (the sentinels), got ${spans}; shorten the text`,
    );
  }
  const maskedLengths = partition(masked, spans, random.fork("masked"));
  const plainLengths = partition(tokens.length - masked, spans, random.fork("plain"));
  const [source, target]: [number[], number[]] = [[], []];
  const heads: { position: number; token: number }[] = [];
  let at = 0;
  for (let span = 0; span < spans; span++) {
    for (const end = at + plainLengths[span]!; at < end; at++) source.push(tokens[at]!);
    heads.push({ position: source.length, token: tokens[at]! });
    source.push(sentinelIds[span]!);
    target.push(sentinelIds[span]!);
    for (const end = at + maskedLengths[span]!; at < end; at++) target.push(tokens[at]!);
  }
  return { source: [...source, eosId], target: [...target, eosId], heads };
}

/** A uniformly random way to write `total` as `parts` numbers of at least 1. */
function partition(total: number, parts: number, random: Random): number[] {
  const cuts = [...random.permutation(total - 1).slice(0, parts - 1)].map((cut) => cut + 1).sort((a, b) => a - b);
  return [...cuts, total].map((cut, index) => cut - (index === 0 ? 0 : cuts[index - 1]!));
}
