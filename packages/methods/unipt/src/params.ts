import { linearParams, type Params, type StackSites } from "@petl/spec";
import { type Random, type Tensor, tf } from "@petl/tensor";
import { type Geometry, statesOf } from "./geometry.js";

/** Prefix of the names of all tensors, after which a layer's have its site's name in the backbone. */
export const prefix = "parallel.";

/** All tensors: linear layers as PyTorch's start, norms at one. `zeroInit` sets the last linear layer to zero. */
export function uniptParams(geometry: Geometry, zeroInit: boolean, random: Random): Params {
  const { corrected, source, channels, width } = geometry;
  const params: Record<string, Tensor> = {};
  const linear = (name: string, output: number, input: number): void => {
    Object.assign(params, linearParams(name, [output, input], random));
  };
  const normed = (name: string, input: number): void => {
    linear(name, width, input);
    params[`${name}.norm.weight`] = tf.ones([width]);
    params[`${name}.norm.bias`] = tf.zeros([width]);
  };
  const ofStack = (sites: StackSites): void => {
    const bound = width ** -0.5;
    for (const site of statesOf(sites)) normed(`${prefix}${site}.down`, channels);
    const gate = `${prefix}${sites.stack}.gate`;
    params[gate] = random.fork(gate).uniform([1, width], -bound, bound);
    normed(`${prefix}${sites.stack}.merge`, width);
  };
  if (source !== null) {
    ofStack(source);
    for (const site of statesOf(corrected).slice(0, -1)) normed(`${prefix}${site}.join`, width);
  }
  ofStack(corrected);
  if (zeroInit) {
    params[`${prefix}up.weight`] = tf.zeros([channels, width]);
    params[`${prefix}up.bias`] = tf.zeros([channels]);
  } else linear(`${prefix}up`, channels, width);
  return params;
}
