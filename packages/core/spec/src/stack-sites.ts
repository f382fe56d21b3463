import type { Backbone } from "./contract.js";
import { AttachmentError } from "./errors.js";

/** The stacks of blocks that a backbone may have; the names of their sites begin with it and a dot. */
export type StackName = "encoder" | "decoder";

/** What a side network can read of one stack: states (batch, tokens, channels), by the names of the sites that give them. */
export interface StackSites {
  readonly stack: StackName;
  /** The site whose output enters the first block. */
  readonly entry: string;
  /** The blocks, first to last. */
  readonly blocks: readonly string[];
}

/** @throws AttachmentError, which begins with the name of the `method`, for a backbone without blocks in that stack */
export function stackSites(
  { sites, name }: Pick<Backbone, "sites" | "name">,
  stack: StackName,
  method: string,
): StackSites {
  const own = sites.filter((site) => site.name.startsWith(`${stack}.`));
  const blocks = own.filter(({ kind }) => kind === "block").map((site) => site.name);
  const entry = own[own.findIndex(({ layer }) => layer === 0) - 1];
  if (entry === undefined || blocks.length === 0)
    throw new AttachmentError(`${method}: expected a backbone with ${stack} blocks, found none in ${name}`);
  return { stack, entry: entry.name, blocks };
}
