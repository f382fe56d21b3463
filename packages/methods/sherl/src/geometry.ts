import { AttachmentError, type Backbone, stackSites } from "@petl/spec";
import type { SherlConfig } from "./config.js";

/** What SHERL puts together, where, and how wide. */
export interface Geometry {
  /** Sites whose states are put together, first to last: what enters the first block, then every block but the last. */
  readonly states: readonly string[];
  /** The last of them: the block before the last, whose output is replaced. */
  readonly replaced: string;
  readonly channels: number;
  /** `channels / reduction` */
  readonly width: number;
}

/** @throws AttachmentError for a backbone of fewer than two blocks, or if `reduction` does not divide its width */
export function geometryOf(backbone: Backbone, { reduction }: SherlConfig): Geometry {
  const { kind, sites, name } = backbone;
  const { stack, entry, blocks } = stackSites(backbone, kind === "encoder" ? "encoder" : "decoder", "sherl");
  const replaced = blocks.at(-2);
  if (replaced === undefined)
    throw new AttachmentError(`sherl: expected at least two ${stack} blocks, got ${blocks.length} of ${name}`);
  const channels = sites.find((site) => site.name === replaced)!.width[1];
  const width = channels / reduction;
  if (!Number.isInteger(width))
    throw new AttachmentError(`sherl: expected a reduction that divides channels ${channels}, got ${reduction}`);
  return { states: [entry, ...blocks.slice(0, -1)], replaced, channels, width };
}
