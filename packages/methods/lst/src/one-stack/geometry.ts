import { AttachmentError, type Backbone, type NarrowBlocks, type Site } from "@petl/spec";
import type { LstConfig } from "../config.js";
import { keptLayers, type Rungs } from "../ladder.js";

/** What the side network copies of a backbone that is an encoder or a decoder alone, and how wide it is. */
export interface Geometry {
  readonly narrow: NarrowBlocks;
  readonly rungs: Rungs;
  /** Sites of the kept layers that own tensors. */
  readonly inBlocks: readonly Site[];
  /** The norms of the readout that come before the site that the side network enters. */
  readonly closing: readonly Site[];
  /** The first site of the readout that is no norm. */
  readonly enters: string;
  /** Widths of the backbone. */
  readonly channels: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly feedForward: number;
  readonly reduction: number;
}

/** @throws AttachmentError if the backbone is not read out or `reduction` does not divide its widths */
export function geometryOf(
  { name, kind, sites, readoutSites }: Backbone,
  narrow: NarrowBlocks,
  { reduction, skipEvery }: LstConfig,
): Geometry {
  const own = sites.filter((site) => site.name.startsWith(`${kind}.`));
  const isBlock = (site: Site): boolean => site.kind === "block";
  const layers = keptLayers(
    own.filter(isBlock).map(({ layer }) => layer),
    skipEvery,
  );
  if (layers.length === 0)
    throw new AttachmentError(`lst: skipEvery ${skipEvery} leaves no ${kind} layer; expected 0 for so shallow a stack`);
  const kept = own.filter(({ layer }) => layers.includes(layer));
  const readout = readoutSites.map((each) => sites.find((site) => site.name === each)!);
  const first = readout.findIndex((site) => site.kind !== "norm");
  if (first === -1)
    throw new AttachmentError(`lst: expected a backbone with a readout, got ${name} without; give it a task's head`);
  const width = (part: string): Site["width"] => kept.find((site) => site.name.endsWith(`.${part}`))!.width;
  const [channels, ofQueries] = width("attention.query");
  const [heads] = width("attention.weights");
  const headWidth = ofQueries / heads;
  const [, feedForward] = width("feedforward.input");
  const sideWidths = {
    channels: [channels, channels / reduction],
    headWidth: [headWidth, narrow.headWidth],
    feedForward: [feedForward, feedForward / reduction],
  } as const;
  for (const [what, [whole, side]] of Object.entries(sideWidths))
    if (!Number.isInteger(side))
      throw new AttachmentError(`lst: expected a reduction that divides ${what} ${whole}, got ${reduction}`);
  return {
    ...{ narrow, reduction, channels, heads, headWidth, feedForward },
    keyValueHeads: width("attention.key")[1] / headWidth,
    rungs: {
      entry: own[own.findIndex(({ layer }) => layer === 0) - 1]!.name,
      blocks: kept.filter(isBlock).map((site) => site.name),
    },
    inBlocks: kept.filter(({ params }) => params.length > 0),
    closing: readout.slice(0, first),
    enters: readout[first]!.name,
  };
}
