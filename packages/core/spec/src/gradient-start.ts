import type { Attachment, Backbone, SideNetwork } from "./contract.js";

/** The sites of the readout, which runs after a side network. */
const readoutSites: ReadonlySet<string> = new Set<SideNetwork["enters"]>(["decoder.norm", "lmHead"]);

/** Whether a site belongs to the readout: it is always differentiated, and `gradientStart` ignores it. */
export const isReadout = (site: string): boolean => readoutSites.has(site);

/**
 * Index of the first site that a training step must differentiate, or `sites.length` if there is none.
 *
 * A hooked site is differentiated from its output on, a site with an unfrozen tensor from its computation on. The two
 * readout sites do not count, because they come after everything else.
 */
export function gradientStart(
  { sites }: Pick<Backbone, "sites">,
  { hooks, unfrozen }: Pick<Attachment, "hooks" | "unfrozen">,
): number {
  const trained = new Set(unfrozen);
  const first = sites.findIndex(
    (site) => !isReadout(site.name) && (hooks.has(site.name) || site.params.some((param) => trained.has(param))),
  );
  return first === -1 ? sites.length : first;
}

/**
 * Counts the backbone's layers, and those in which a training step differentiates something: the blocks that finish at or
 * after `start`.
 */
export function backwardDepth(
  { sites }: Pick<Backbone, "sites">,
  start: number,
): { layers: number; backwardLayers: number } {
  const blocks = sites.map((site, index) => ({ site, index })).filter(({ site }) => site.kind === "block");
  return { layers: blocks.length, backwardLayers: blocks.filter(({ index }) => index >= start).length };
}
