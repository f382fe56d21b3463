import { lastBlock } from "../last-block.js";
import type { TunedModel } from "../tuned-model.js";

/** `auto`: where it is right and an example is seen twice; `on`: wherever it is right; `off`: never. */
export type CacheMode = "auto" | "on" | "off";

/**
 * Why a run keeps no activations, or null where it does.
 *
 * What is read of the backbone is a function of the example alone where nothing of the backbone is differentiated and it drops
 * nothing out. That is derived from what a method attached; a method cannot ask for it.
 */
export function whyNotKept(
  { backbone, gradientStart, options }: TunedModel,
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

/** Names of the sites a step reads: what the side network does, or the state that enters the readout. */
export function readsOf({ backbone, attachment }: TunedModel): readonly string[] {
  return attachment.side?.reads ?? [lastBlock(backbone)];
}
