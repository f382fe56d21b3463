import { addBias, type Tensor, tf } from "@petl/tensor";
import type { Hook, Params, Site } from "./contract.js";

/**
 * A zero bias vector for each of `sites`, added to its output: for backbones that have none of their own, such as T5.
 * One tensor `<site>.bias` of (output channels) a site.
 */
export function addedBiases(sites: readonly Site[]): {
  readonly params: Params;
  readonly hooks: ReadonlyMap<string, Hook>;
} {
  const params: Record<string, Tensor> = {};
  const hooks = new Map<string, Hook>();
  for (const { name, width } of sites) {
    const param = `${name}.bias`;
    params[param] = tf.zeros([width[1]]);
    hooks.set(name, ({ hidden, mask }, _input, context) => ({ hidden: addBias(hidden, context.params[param]!), mask }));
  }
  return { params, hooks };
}

/** Both hooks at one site, `first` first. */
export function chainHooks(first: Hook, second: Hook): Hook {
  return (output, input, context) => second(first(output, input, context), input, context);
}
