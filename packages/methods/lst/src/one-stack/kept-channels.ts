import { type Axis, type Backbone, copyWidths, linearAxes, type NarrowStack, type Site } from "@petl/spec";
import { type Tensor, tf } from "@petl/tensor";
import { byColumn, byRow, largest } from "../magnitude.js";

type Params = Backbone["params"];

/** The channels of the residual stream that all copies keep, by the magnitudes of the kept layers' weights: int32 (side channels). */
export function keptResidual({ params }: Backbone, stack: NarrowStack): Tensor {
  const sums = stack.inBlocks
    .filter(({ kind }) => kind === "linear")
    .map((site) => {
      const weight = params[`${site.name}.weight`]!;
      return linearAxes(site, stack)[0] === "residual" ? byRow(weight) : byColumn(weight);
    });
  return largest(tf.addN(sums), copyWidths(stack).residual);
}

/** What one layer's copy keeps inside its sublayers, by the magnitudes of the weights on both sides: int32 indices. */
export function keptInLayer(
  { params }: Backbone,
  layer: readonly Site[],
  stack: NarrowStack,
): Readonly<Record<Exclude<Axis, "residual">, Tensor>> {
  const { keyValueHeads, headWidth, narrow } = stack;
  const of = (part: string): Tensor | null => weightOf(params, layer, part);
  const query = of("attention.query")!;
  const key = of("attention.key")!;
  const value = of("attention.value")!;
  const output = of("attention.output")!;
  const grouped = (importance: Tensor): Tensor => overGroup(importance, stack); // of the heads that keys and values serve
  const byHead = (importance: Tensor): Tensor =>
    largest(tf.reshape(importance, [keyValueHeads, headWidth]), narrow.headWidth);
  const bound = narrow.turnedChannels && tf.tensor([...narrow.turnedChannels], [1, narrow.headWidth], "int32");
  const matching =
    bound === null ? byHead(tf.add(byRow(key), grouped(byRow(query)))) : tf.tile(bound, [keyValueHeads, 1]);
  const mixing = byHead(tf.add(byRow(value), grouped(byColumn(output))));
  const units = [byRow(of("feedforward.input")!), byColumn(of("feedforward.output")!)];
  const gate = of("feedforward.gate");
  return {
    ...{ query: ofQueryHeads(matching, stack), key: ofHeads(matching, stack) },
    ...{ value: ofHeads(mixing, stack), mixed: ofQueryHeads(mixing, stack) },
    head: tf.reshape(tf.slice(matching, [0, 0], [1, -1]), [-1]), // only where all heads keep the same
    feedForward: largest(tf.addN(gate === null ? units : [...units, byRow(gate)]), copyWidths(stack).feedForward),
  };
}

function weightOf(params: Params, layer: readonly Site[], part: string): Tensor | null {
  const site = layer.find(({ name }) => name.endsWith(`.${part}`));
  return site === undefined ? null : params[`${site.name}.weight`]!;
}

/** (heads * head width) -> the sum over the heads that share keys and values, (key and value heads * head width). */
function overGroup(importance: Tensor, { heads, keyValueHeads, headWidth }: NarrowStack): Tensor {
  const byGroup = tf.reshape(importance, [keyValueHeads, heads / keyValueHeads, headWidth]);
  return tf.reshape(tf.sum(byGroup, 1), [-1]);
}

/** Channels kept in each head (heads, side head width) -> their indices among those of all heads. */
function ofHeads(kept: Tensor, { headWidth }: NarrowStack): Tensor {
  const heads = kept.shape[0]!;
  const first = tf.reshape(tf.range(0, heads * headWidth, headWidth, "int32"), [heads, 1]);
  return tf.reshape(tf.add(kept, first), [-1]);
}

/** Heads of queries that share keys and values keep the same channels as those. */
function ofQueryHeads(kept: Tensor, stack: NarrowStack): Tensor {
  const { heads, keyValueHeads, narrow } = stack;
  const group = tf.tile(tf.reshape(kept, [keyValueHeads, 1, narrow.headWidth]), [1, heads / keyValueHeads, 1]);
  return ofHeads(tf.reshape(group, [heads, narrow.headWidth]), stack);
}
