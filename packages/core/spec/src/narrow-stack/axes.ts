import type { Site } from "../contract.js";
import { AttachmentError } from "../errors.js";
import type { NarrowStack } from "./narrow-stack.js";

/**
 * What one dimension of a block's tensor counts: channels of the residual stream; channels of all heads at queries, keys, values and at the
 * mixed values; channels of one head; units of the feed-forward network.
 */
export type Axis = "residual" | "query" | "key" | "value" | "mixed" | "head" | "feedForward";

const ofLinear: Readonly<Record<string, readonly [output: Axis, input: Axis]>> = {
  "attention.query": ["query", "residual"],
  "attention.key": ["key", "residual"],
  "attention.value": ["value", "residual"],
  "attention.output": ["residual", "mixed"],
  "feedforward.gate": ["feedForward", "residual"],
  "feedforward.input": ["feedForward", "residual"],
  "feedforward.output": ["residual", "feedForward"],
};

/** What a linear site's output and input count. @throws AttachmentError for a site that is no part of such a block */
export function linearAxes(
  { name }: Site,
  { method }: Pick<NarrowStack, "method">,
): readonly [output: Axis, input: Axis] {
  const axes = ofLinear[name.split(".").slice(-2).join(".")];
  if (axes !== undefined) return axes;
  throw new AttachmentError(`${method}: expected blocks of attention and a feed-forward network, found ${name}`);
}

/** What each dimension of a site's tensor counts. @throws AttachmentError as `linearAxes` */
export function axesOf(site: Site, param: string, stack: Pick<NarrowStack, "method">): readonly Axis[] {
  if (site.kind === "norm") return /\.(query|key)Norm$/.test(site.name) ? ["head"] : ["residual"];
  const [output, input] = linearAxes(site, stack);
  return param.endsWith(".bias") ? [output] : [output, input];
}

/** Widths of the copies. */
export function copyWidths(stack: NarrowStack): Readonly<Record<Axis, number>> {
  const { channels, feedForward, reduction, heads, keyValueHeads, narrow } = stack;
  const { headWidth } = narrow;
  return {
    residual: channels / reduction,
    ...{ query: heads * headWidth, mixed: heads * headWidth },
    ...{ key: keyValueHeads * headWidth, value: keyValueHeads * headWidth },
    head: headWidth,
    feedForward: feedForward / reduction,
  };
}
