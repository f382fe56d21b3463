import { addBias, type Tensor, tf } from "@petl/tensor";
import type { Backbone, Hook, Params, Site } from "./contract.js";

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

/**
 * The biases of a backbone to train: its own where it has any, in linear layers and norms, else zero ones added to the outputs of
 * those. A task's head is left out, because it is trained anyway.
 */
export function trainedBiases({ sites, head }: Pick<Backbone, "sites" | "head">): {
  readonly unfrozen: readonly string[];
  readonly params: Params;
  readonly hooks: ReadonlyMap<string, Hook>;
} {
  const biased = sites.filter(
    ({ kind, params }) => /^(linear|norm)$/.test(kind) && !params.some((param) => head.includes(param)),
  );
  const own = biased.flatMap(({ params }) => params.filter((param) => param.endsWith(".bias")));
  return { unfrozen: own, ...addedBiases(own.length > 0 ? [] : biased) };
}
