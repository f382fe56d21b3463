import type { Backbone } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";
import { byColumn, byRow, largest } from "../magnitude.js";
import { attentionsOf, type Geometry, type Stack } from "./geometry.js";

/** The channels of one backbone layer that its side layer keeps: int32 indices. */
export interface KeptInLayer {
  /** By attention: (heads * side head width), head by head. Queries and keys share channels, and so do values and outputs. */
  readonly matching: Readonly<Record<string, Tensor>>;
  readonly mixing: Readonly<Record<string, Tensor>>;
  /** (side feed-forward width) */
  readonly feedForward: Tensor;
}

type Weight = (name: string) => Tensor;
const weightsOf =
  ({ params }: Backbone): Weight =>
  (name) =>
    params[`${name}.weight`]!;

/**
 * The channels of a stack's residual stream that its side network keeps: (side channels) int32.
 * Their importance is the sum of the magnitudes of all weights of the kept layers that read or write them.
 */
export function keptChannels(backbone: Backbone, stack: Stack, geometry: Geometry): Tensor {
  const weight = weightsOf(backbone);
  const sums = geometry.layers[stack].flatMap((layer) => {
    const name = `${stack}.${layer}`;
    return [
      ...attentionsOf(stack).flatMap((attention) => [
        byColumn(weight(`${name}.${attention}.query`)),
        ...(attention === "attention" ? ["key", "value"] : []).map((part) =>
          byColumn(weight(`${name}.${attention}.${part}`)),
        ),
        byRow(weight(`${name}.${attention}.output`)),
      ]),
      byColumn(weight(`${name}.feedforward.input`)),
      byRow(weight(`${name}.feedforward.output`)),
    ];
  });
  return largest(tf.addN(sums), geometry.channels / geometry.reduction);
}

/** The channels that one side layer keeps inside its sublayers, by the magnitude of the weights on both sides. */
export function keptInLayer(backbone: Backbone, stack: Stack, layer: number, geometry: Geometry): KeptInLayer {
  const weight = weightsOf(backbone);
  const name = `${stack}.${layer}`;
  const { heads, headWidth, feedForward, reduction } = geometry;
  const perHead = (importance: Tensor): Tensor => {
    const kept = largest(tf.reshape(importance, [heads, headWidth]), headWidth / reduction); // (heads, side head width)
    const first = tf.reshape(tf.range(0, heads * headWidth, headWidth, "int32"), [heads, 1]);
    return tf.reshape(tf.add(kept, first), [-1]);
  };
  const each = (importance: (attention: string) => Tensor): Record<string, Tensor> =>
    Object.fromEntries(
      attentionsOf(stack).map((attention) => [attention, perHead(importance(`${name}.${attention}`))]),
    );
  return {
    matching: each((at) => tf.add(byRow(weight(`${at}.query`)), byRow(weight(`${at}.key`)))),
    mixing: each((at) => tf.add(byRow(weight(`${at}.value`)), byColumn(weight(`${at}.output`)))),
    feedForward: largest(
      tf.add(byRow(weight(`${name}.feedforward.input`)), byColumn(weight(`${name}.feedforward.output`))),
      feedForward / reduction,
    ),
  };
}
