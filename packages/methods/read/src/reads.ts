import { AttachmentError, type Backbone, type StackName, stackSites } from "@petl/spec";
import type { ReadConfig } from "./config.js";

/** What READ reads of a backbone and where it corrects it. */
export interface Reads {
  /** The stack whose last state is corrected. */
  readonly corrected: StackName;
  /** Its blocks that are read. */
  readonly layers: readonly string[];
  /** Those of the encoder that the joiner reads; null: it reads none. */
  readonly source: readonly string[] | null;
  /** Whether the joiner reads, in each layer of the one stack there is, the mean of the states of all tokens that a position sees. */
  readonly joinsMean: boolean;
  /** The site that the corrected state enters. */
  readonly enters: string;
}

/** @throws AttachmentError for a backbone without blocks or readout */
export function readsOf(backbone: Backbone, config: Pick<ReadConfig, "layers" | "joiner">): Reads {
  const { kind, name, readoutSites } = backbone;
  const corrected = kind === "encoder" ? "encoder" : "decoder";
  const [enters] = readoutSites;
  if (enters === undefined)
    throw new AttachmentError(`read: expected a backbone that answers, got ${name}, which has no readout`);
  return {
    ...{ corrected, enters },
    layers: blocks(backbone, corrected, config),
    source: kind === "encoder-decoder" && config.joiner ? blocks(backbone, "encoder", config) : null,
    joinsMean: kind !== "encoder-decoder" && config.joiner,
  };
}

/** The attention probabilities by which a block of the decoder looks at the encoder. */
export const crossAttention = (block: string): string => `${block}.crossAttention.weights`;

/** Names of the blocks a sweep reads, first to last; always includes the last block. */
function blocks(backbone: Backbone, stack: StackName, { layers }: Pick<ReadConfig, "layers">): readonly string[] {
  const all = stackSites(backbone, stack, "read").blocks;
  return layers === "all" ? all : all.filter((_, index) => (all.length - 1 - index) % layers === 0);
}
