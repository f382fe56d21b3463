import type { Attachment, Backbone } from "./contract.js";

/** The readout: always differentiated, run after a side network, not looked at by `gradientStart`. */
export const readoutSites = ["decoder.norm", "lmHead"] as const;

/**
 * Index of the first site that a training step must differentiate; `sites.length` = none. Derived, never declared.
 *
 * A hook is differentiated from its site's output on, an unfrozen tensor from its site's computation on. The two readout
 * sites do not count: they come after everything else.
 */
export function gradientStart(
  { sites }: Pick<Backbone, "sites">,
  { hooks, unfrozen }: Pick<Attachment, "hooks" | "unfrozen">,
): number {
  const trained = new Set(unfrozen);
  const first = sites.findIndex(
    (site) =>
      !readoutSites.some((readout) => readout === site.name) &&
      (hooks.has(site.name) || site.params.some((param) => trained.has(param))),
  );
  return first === -1 ? sites.length : first;
}

/**
 * In how many of the backbone's layers a training step differentiates something, of how many there are.
 * A block counts if it finishes at or after `start`.
 */
export function backwardDepth(
  { sites }: Pick<Backbone, "sites">,
  start: number,
): { layers: number; backwardLayers: number } {
  const blocks = sites.map((site, index) => ({ site, index })).filter(({ site }) => site.kind === "block");
  return { layers: blocks.length, backwardLayers: blocks.filter(({ index }) => index >= start).length };
}
