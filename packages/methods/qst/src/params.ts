import { freshCopies, linearParams, type NarrowStack, type Params } from "@petl/spec";
import { type Random, type Tensor, tf } from "@petl/tensor";
import type { QstConfig } from "./config.js";

/** Prefix of the names of the side network's tensors; the rest is as in the backbone. */
export const prefix = "side.";

/** All tensors of the side network: factored downsampling and a gate for each block, fresh narrow blocks, upsampling, the last gate. */
export function qstParams(stack: NarrowStack, { rank }: QstConfig, random: Random): Params {
  const { channels, reduction, sites } = stack;
  const width = channels / reduction;
  const params: Record<string, Tensor> = { ...freshCopies(stack, prefix, random) };
  for (const block of sites.blocks) {
    const down = `${prefix}${block}.down`;
    Object.assign(params, linearParams(`${down}.reduce`, [rank, channels], random, false));
    Object.assign(params, linearParams(`${down}.expand`, [width, rank], random, false));
    params[`${down}.norm.weight`] = tf.ones([width]);
    params[`${down}.norm.bias`] = tf.zeros([width]);
    params[`${prefix}${block}.gate`] = tf.fill([width], 0.5);
  }
  Object.assign(params, linearParams(`${prefix}up`, [channels, width], random));
  params[`${prefix}gate`] = tf.ones([channels]);
  return params;
}
