import type { Attachment, Backbone } from "./contract.js";

/**
 * Index of the first site that a training step must differentiate, or `sites.length` if there is none.
 *
 * A hooked site is differentiated from its output on, a site with a hook of its input or an unfrozen tensor from its computation on. The
 * readout's sites do not count, because they come after everything else.
 */
export function gradientStart(
  { sites, readoutSites }: Pick<Backbone, "sites" | "readoutSites">,
  { hooks, inputHooks, unfrozen }: Pick<Attachment, "hooks" | "inputHooks" | "unfrozen">,
): number {
  const trained = new Set(unfrozen);
  const isHooked = (site: string): boolean => hooks.has(site) || inputHooks?.has(site) === true;
  const first = sites.findIndex(
    ({ name, params }) =>
      !readoutSites.includes(name) && (isHooked(name) || params.some((param) => trained.has(param))),
  );
  return first === -1 ? sites.length : first;
}

/**
 * Counts the backbone's layers, and those in which a training step differentiates something: the blocks that finish after `start`. A
 * block that `start` is was hooked at its output, so that nothing in it is differentiated.
 */
export function backwardDepth(
  { sites }: Pick<Backbone, "sites">,
  start: number,
): { layers: number; backwardLayers: number } {
  const blocks = sites.map((site, index) => ({ site, index })).filter(({ site }) => site.kind === "block");
  return { layers: blocks.length, backwardLayers: blocks.filter(({ index }) => index > start).length };
}
