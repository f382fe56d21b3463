import { axesOf, type Backbone, freshCopies, type NarrowStack, type Params, type Site } from "@petl/spec";
import { type Random, type Tensor, tf } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import { ladderParams, prefix } from "../ladder.js";
import { keptInLayer, keptResidual } from "./kept-channels.js";

/** All tensors of the side network: projections, gates, and narrow copies of the kept blocks and of the closing norm. */
export function sideParams(backbone: Backbone, stack: NarrowStack, config: LstConfig, random: Random): Params {
  const { channels, sites, reduction } = stack;
  return tf.tidy(() => ({
    ...ladderParams([sites], channels, channels / reduction, random),
    ...(config.initialisation === "pruned" ? pruned(backbone, stack) : freshCopies(stack, prefix, random)),
  }));
}

/** The backbone's tensors, pruned; a copy if there is nothing to prune. */
function pruned(backbone: Backbone, stack: NarrowStack): Params {
  const params: Record<string, Tensor> = {};
  const residual = keptResidual(backbone, stack);
  const cut = (sites: readonly Site[], kept: Readonly<Record<string, Tensor>>): void => {
    for (const site of sites)
      for (const name of site.params)
        params[prefix + name] = axesOf(site, name, stack).reduce(
          (tensor, axis, dimension) => tf.gather(tensor, kept[axis] as tf.Tensor1D, dimension),
          backbone.params[name]!,
        );
  };
  const { inBlocks, closing } = stack;
  for (const layer of new Set(inBlocks.map((site) => site.layer))) {
    const sites = inBlocks.filter((site) => site.layer === layer);
    cut(sites, { ...keptInLayer(backbone, sites, stack), residual });
  }
  cut(closing, { residual });
  return params;
}
