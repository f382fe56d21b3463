import { AttachmentError, type Backbone, type StackSites, stackSites } from "@petl/spec";
import type { UniptConfig } from "./config.js";

/** What UniPT reads of a backbone, where it corrects it, and how wide it is. */
export interface Geometry {
  /** The stack whose last state is corrected. */
  readonly corrected: StackSites;
  /** The encoder that the joiner reads; null: there is no joiner. */
  readonly source: StackSites | null;
  /** The site that the corrected state enters. */
  readonly enters: string;
  readonly channels: number;
  /** `channels / reduction` */
  readonly width: number;
}

/** @throws AttachmentError for a backbone without blocks or readout, or if `reduction` does not divide its width */
export function geometryOf(backbone: Backbone, { joiner, reduction }: UniptConfig): Geometry {
  const { kind, name, readoutSites, sites } = backbone;
  const [enters] = readoutSites;
  if (enters === undefined)
    throw new AttachmentError(`unipt: expected a backbone that answers, got ${name}, which has no readout`);
  const corrected = stackSites(backbone, kind === "encoder" ? "encoder" : "decoder", "unipt");
  const channels = sites.find((site) => site.name === corrected.entry)!.width[1];
  const width = channels / reduction;
  if (!Number.isInteger(width))
    throw new AttachmentError(`unipt: expected a reduction that divides channels ${channels}, got ${reduction}`);
  const source = kind === "encoder-decoder" && joiner ? stackSites(backbone, "encoder", "unipt") : null;
  return { corrected, source, enters, channels, width };
}

/** The states that are read of a stack, first to last: what enters its first block, then what each block gives. */
export const statesOf = ({ entry, blocks }: StackSites): readonly string[] => [entry, ...blocks];
