import { linearParams, type Params } from "@petl/spec";
import { type Random, type Tensor, tf } from "@petl/tensor";
import type { Geometry } from "./geometry.js";

/** Prefix of the names of all tensors, after which a layer's have its site's name in the backbone. */
export const prefix = "early.";

/** All tensors: linear layers as PyTorch's start, the residual's gate at zero. `zeroInit` sets the last linear layer to zero. */
export function sherlParams({ states, channels, width }: Geometry, zeroInit: boolean, random: Random): Params {
  const params: Record<string, Tensor> = {};
  const linear = (name: string, output: number, input: number): void => {
    Object.assign(params, linearParams(prefix + name, [output, input], random));
  };
  for (const site of states) {
    linear(`${site}.down`, width, channels);
    linear(`${site}.inner`, width, width);
    linear(`${site}.gate`, width, width);
  }
  linear("guide", 1, width);
  if (zeroInit) {
    params[`${prefix}up.weight`] = tf.zeros([channels, width]);
    params[`${prefix}up.bias`] = tf.zeros([channels]);
  } else linear("up", channels, width);
  params[`${prefix}residual`] = tf.zeros([1]);
  return params;
}
