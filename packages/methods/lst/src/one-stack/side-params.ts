import type { Backbone, Params, Site } from "@petl/spec";
import { type Random, type Tensor, tf } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import { ladderParams, prefix } from "../ladder.js";
import { axesOf, sideWidths } from "./axes.js";
import type { Geometry } from "./geometry.js";
import { keptInLayer, keptResidual } from "./kept-channels.js";

/** All tensors of the side network: projections, gates, and narrow copies of the kept blocks and of the closing norm. */
export function sideParams(backbone: Backbone, geometry: Geometry, config: LstConfig, random: Random): Params {
  const { channels, rungs, reduction } = geometry;
  return tf.tidy(() => ({
    ...ladderParams([rungs], channels, channels / reduction, random),
    ...(config.initialisation === "pruned" ? pruned(backbone, geometry) : fresh(geometry, random)),
  }));
}

/** The backbone's tensors, pruned; a copy if there is nothing to prune. */
function pruned(backbone: Backbone, geometry: Geometry): Params {
  const params: Record<string, Tensor> = {};
  const residual = keptResidual(backbone, geometry);
  const cut = (sites: readonly Site[], kept: Readonly<Record<string, Tensor>>): void => {
    for (const site of sites)
      for (const name of site.params)
        params[prefix + name] = axesOf(site, name).reduce(
          (tensor, axis, dimension) => tf.gather(tensor, kept[axis] as tf.Tensor1D, dimension),
          backbone.params[name]!,
        );
  };
  const { inBlocks, closing } = geometry;
  for (const layer of new Set(inBlocks.map((site) => site.layer))) {
    const sites = inBlocks.filter((site) => site.layer === layer);
    cut(sites, { ...keptInLayer(backbone, sites, geometry), residual });
  }
  cut(closing, { residual });
  return params;
}

/** Random tensors as the backbone's family draws them: norms 1, biases 0, weights normal. */
function fresh(geometry: Geometry, random: Random): Params {
  const params: Record<string, Tensor> = {};
  const widths = sideWidths(geometry);
  for (const site of [...geometry.inBlocks, ...geometry.closing])
    for (const name of site.params) {
      const shape = axesOf(site, name).map((axis) => widths[axis]);
      if (name.endsWith(".bias")) params[prefix + name] = tf.zeros(shape);
      else if (site.kind === "norm") params[prefix + name] = tf.ones(shape);
      else params[prefix + name] = random.fork(prefix + name).normal(shape, 0, geometry.narrow.initialDeviation);
    }
  return params;
}
