import type { BackboneModel } from "@petl/backbone";
import type { ReadAt, SideNetwork } from "@petl/spec";

/** `auto`: where it is right and an example is seen twice; `on`: wherever it is right; `off`: never. */
export type CacheMode = "auto" | "on" | "off";

/** A backbone with a method attached, as far as the cache must know it. */
export interface ReadModel {
  readonly backbone: BackboneModel;
  readonly gradientStart: number;
  readonly options: { readonly dropout: number };
  readonly attachment: { readonly side?: Pick<SideNetwork, "reads" | "at"> };
}

/**
 * Why a run keeps no activations, or null where it does.
 *
 * What a step reads of the backbone depends on the example alone if the backbone is not differentiated and has no dropout.
 * This is derived from the attachment; a method cannot ask for it.
 */
export function whyNotKept(
  { backbone, gradientStart, options }: ReadModel,
  mode: CacheMode,
  isRepeated: boolean,
): string | null {
  if (mode === "off") return "switched off";
  const first = backbone.sites[gradientStart];
  if (first !== undefined) return `the backbone is differentiated from ${first.name} on`;
  if (options.dropout > 0) return `the backbone's dropout of ${options.dropout} changes what it computes in every step`;
  if (mode === "auto" && !isRepeated) return "no example is seen twice";
  return null;
}

/** What a step reads of the backbone: names of sites, and where. */
export interface Reads {
  readonly reads: readonly string[];
  readonly at: ReadAt;
}

/** What a step reads: the sites of the side network, or the one whose state enters the readout. */
export function readsOf({ backbone, attachment: { side } }: ReadModel): Reads {
  if (side === undefined) return { reads: [backbone.lastBlock], at: "positions" };
  return { reads: side.reads, at: side.at ?? "tokens" };
}
