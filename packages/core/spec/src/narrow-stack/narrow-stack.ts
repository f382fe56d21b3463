import type { Backbone, NarrowBlocks, Site } from "../contract.js";
import { AttachmentError } from "../errors.js";
import { type StackName, type StackSites, stackSites } from "../stack-sites.js";

/** What a side network copies of a backbone that is an encoder or a decoder alone, and how wide that is. */
export interface NarrowStack {
  /** The method's name, which errors begin with. */
  readonly method: string;
  readonly narrow: NarrowBlocks;
  /** The site that enters the backbone's first block, and the blocks that are copied. */
  readonly sites: StackSites;
  /** Sites of the copied blocks that own tensors. */
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

/**
 * Copies of a backbone's blocks at widths divided by `reduction`: those of the layers that `isCopied` picks, all by default.
 *
 * @throws AttachmentError if the backbone has several stacks or no blocks that can be copied, is not read out, or `reduction` does not
 * divide its widths
 */
export function narrowStack(
  backbone: Backbone,
  method: string,
  reduction: number,
  isCopied: (layer: number) => boolean = () => true,
): NarrowStack {
  const { name, kind, sites, readoutSites } = backbone;
  const narrow = backbone.narrow?.(reduction);
  if (narrow === undefined)
    throw new AttachmentError(
      `${method}: expected a backbone whose blocks can be copied narrower, got the ${kind} ${name}`,
    );
  const all = stackSites(backbone, kind as StackName, method);
  const own = sites.filter((site) => site.name.startsWith(`${kind}.`));
  const copied = own.filter(({ layer }) => layer >= 0 && isCopied(layer));
  const readout = readoutSites.map((each) => sites.find((site) => site.name === each)!);
  const first = readout.findIndex((site) => site.kind !== "norm");
  if (first === -1)
    throw new AttachmentError(
      `${method}: expected a backbone with a readout, got ${name} without; give it a task's head`,
    );
  const width = (part: string): Site["width"] => own.find((site) => site.name.endsWith(`.${part}`))!.width;
  const [channels, ofQueries] = width("attention.query");
  const [heads] = width("attention.weights");
  const headWidth = ofQueries / heads;
  const [, feedForward] = width("feedforward.input");
  const widths = {
    channels: [channels, channels / reduction],
    headWidth: [headWidth, narrow.headWidth],
    feedForward: [feedForward, feedForward / reduction],
  } as const;
  for (const [what, [whole, side]] of Object.entries(widths))
    if (!Number.isInteger(side))
      throw new AttachmentError(`${method}: expected a reduction that divides ${what} ${whole}, got ${reduction}`);
  const blocks = copied.filter((site) => site.kind === "block").map((site) => site.name);
  return {
    ...{ method, narrow, reduction, channels, heads, headWidth, feedForward },
    keyValueHeads: width("attention.key")[1] / headWidth,
    sites: { ...all, blocks },
    inBlocks: copied.filter(({ params }) => params.length > 0),
    closing: readout.slice(0, first),
    enters: readout[first]!.name,
  };
}
