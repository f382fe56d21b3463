import { type Random, type Tensor, tf } from "@petl/tensor";
import type { Params } from "../contract.js";
import { axesOf, copyWidths } from "./axes.js";
import type { NarrowStack } from "./narrow-stack.js";

/**
 * Tensors of the copied blocks and closing norms as the backbone's family draws them, by the backbone's names after `prefix`: norms 1,
 * biases 0, weights normal, each from a stream of its own name.
 */
export function freshCopies(stack: NarrowStack, prefix: string, random: Random): Params {
  const params: Record<string, Tensor> = {};
  const widths = copyWidths(stack);
  for (const site of [...stack.inBlocks, ...stack.closing])
    for (const param of site.params) {
      const name = prefix + param;
      const shape = axesOf(site, param, stack).map((axis) => widths[axis]);
      if (param.endsWith(".bias")) params[name] = tf.zeros(shape);
      else if (site.kind === "norm") params[name] = tf.ones(shape);
      else params[name] = random.fork(name).normal(shape, 0, stack.narrow.initialDeviation);
    }
  return params;
}
