import type { Backbone, Params } from "@petl/spec";
import { type Random, type Tensor, tf } from "@petl/tensor";
import type { LstConfig } from "../config.js";
import { ladderParams, prefix } from "../ladder.js";
import { attentionsOf, type Geometry, relativeBiasOf, rungsIn, type Stack, stacks } from "./geometry.js";
import { keptChannels, keptInLayer } from "./kept-channels.js";

/** All tensors of the side network: projections, gates, and a narrow T5 of the kept layers. */
export function sideParams(backbone: Backbone, geometry: Geometry, config: LstConfig, random: Random): Params {
  const { channels, reduction } = geometry;
  return tf.tidy(() => ({
    ...ladderParams(rungsIn(geometry), channels, channels / reduction, random),
    ...(config.initialisation === "pruned" ? pruned(backbone, geometry) : fresh(backbone, geometry, random)),
  }));
}

/** The backbone's tensors, pruned; a copy if there is nothing to prune. */
function pruned(backbone: Backbone, geometry: Geometry): Params {
  const params: Record<string, Tensor> = {};
  const residual = {
    encoder: keptChannels(backbone, "encoder", geometry),
    decoder: keptChannels(backbone, "decoder", geometry),
  };
  const cut = (name: string, rows: Tensor, columns?: Tensor): void => {
    const kept = tf.gather(backbone.params[name]!, rows as tf.Tensor1D);
    params[prefix + name] = columns === undefined ? kept : tf.gather(kept, columns as tf.Tensor1D, 1);
  };
  for (const stack of stacks) {
    const own = residual[stack];
    const table = relativeBiasOf(backbone, stack);
    params[prefix + table] = tf.mul(backbone.params[table]!, 1); // a separate buffer, because training overwrites it
    cut(`${stack}.norm.weight`, own);
    for (const layer of geometry.layers[stack]) {
      const name = `${stack}.${layer}`;
      const kept = keptInLayer(backbone, stack, layer, geometry);
      for (const attention of attentionsOf(stack)) {
        const source = attention === "attention" ? own : residual.encoder;
        cut(`${name}.${attention}.norm.weight`, own);
        cut(`${name}.${attention}.query.weight`, kept.matching[attention]!, own);
        cut(`${name}.${attention}.key.weight`, kept.matching[attention]!, source);
        cut(`${name}.${attention}.value.weight`, kept.mixing[attention]!, source);
        cut(`${name}.${attention}.output.weight`, own, kept.mixing[attention]!);
      }
      cut(`${name}.feedforward.norm.weight`, own);
      if (geometry.isGated) cut(`${name}.feedforward.gate.weight`, kept.feedForward, own);
      cut(`${name}.feedforward.input.weight`, kept.feedForward, own);
      cut(`${name}.feedforward.output.weight`, own, kept.feedForward);
    }
  }
  return params;
}

/** T5's random initialisation: norms one, query N(0, 1/(width * head width)), the rest by fan-in. */
function fresh(backbone: Backbone, geometry: Geometry, random: Random): Params {
  const params: Record<string, Tensor> = {};
  const { reduction, heads } = geometry;
  const [width, headWidth] = [geometry.channels / reduction, geometry.headWidth / reduction];
  const [inner, feedForward] = [heads * headWidth, geometry.feedForward / reduction];
  const add = (name: string, shape: readonly number[], deviation: number): void => {
    params[prefix + name] = random.fork(prefix + name).normal(shape, 0, deviation);
  };
  const norm = (name: string): void => {
    params[`${prefix}${name}.weight`] = tf.ones([width]);
  };
  const sublayers = (stack: Stack, layer: number): void => {
    for (const attention of attentionsOf(stack)) {
      const name = `${stack}.${layer}.${attention}`;
      norm(`${name}.norm`);
      add(`${name}.query.weight`, [inner, width], (width * headWidth) ** -0.5);
      add(`${name}.key.weight`, [inner, width], width ** -0.5);
      add(`${name}.value.weight`, [inner, width], width ** -0.5);
      add(`${name}.output.weight`, [width, inner], inner ** -0.5);
    }
    const name = `${stack}.${layer}.feedforward`;
    norm(`${name}.norm`);
    if (geometry.isGated) add(`${name}.gate.weight`, [feedForward, width], width ** -0.5);
    add(`${name}.input.weight`, [feedForward, width], width ** -0.5);
    add(`${name}.output.weight`, [width, feedForward], feedForward ** -0.5);
  };
  for (const stack of stacks) {
    const table = relativeBiasOf(backbone, stack);
    add(table, backbone.params[table]!.shape, width ** -0.5);
    norm(`${stack}.norm`);
    for (const layer of geometry.layers[stack]) sublayers(stack, layer);
  }
  return params;
}
