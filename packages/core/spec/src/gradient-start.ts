import type { Attachment, Backbone } from "./contract.js";

/**
 * Index of the first site that a training step must differentiate, or `sites.length` if there is none.
 *
 * A hooked site is differentiated from its output on, a site with an unfrozen tensor from its computation on. The
 * readout's sites do not count, because they come after everything else.
 */
export function gradientStart(
  { sites, readoutSites }: Pick<Backbone, "sites" | "readoutSites">,
  { hooks, unfrozen }: Pick<Attachment, "hooks" | "unfrozen">,
): number {
  const trained = new Set(unfrozen);
  const first = sites.findIndex(
    (site) =>
      !readoutSites.includes(site.name) && (hooks.has(site.name) || site.params.some((param) => trained.has(param))),
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
