import {
  type AttentionVariant,
  forwardProgram,
  keyGradientProgram,
  queryGradientProgram,
} from "./attention-program.js";
import {
  type Attributes,
  type GpuKernel,
  type Inputs,
  type KernelContext,
  sizeOf,
  type TensorInfo,
} from "./context.js";
import { elementwise, groupsFor, type Program, threads } from "./program.js";
import { sumRows } from "./sums.js";

/** Bytes of workgroup memory for tiles of 64. */
const largeTileBytes = 4 * (2 * 64 * 17 + 64 * 65);
/** Maximum number of score gradients in memory when the bias needs its gradient. */
const heldScores = 2 ** 24;
/** Maximum workgroups of a dispatch in one dimension. */
const mostGroups = 65535;

interface Shape {
  readonly batch: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly scale: number;
}

const programs = new Map<string, Program>();
function cached(pass: string, variant: AttentionVariant, make: () => Program): Program {
  const key = `${pass} ${JSON.stringify(variant)}`;
  const program = programs.get(key) ?? make();
  programs.set(key, program);
  return program;
}

function shapeOf({ query, key }: Inputs, attributes: Attributes): Shape {
  const [batch, queries, width] = query!.shape as [number, number, number];
  const { heads, keyValueHeads, scale } = attributes as { heads: number; keyValueHeads: number; scale: number };
  return { batch, heads, keyHeads: keyValueHeads, queries, keys: key!.shape[1]!, width, scale };
}

function variantOf(context: KernelContext, { queries, width, heads }: Shape, inputs: Inputs, attributes: Attributes) {
  const hasRoom = context.backend.device.limits.maxComputeWorkgroupStorageSize >= largeTileBytes;
  const tile: 16 | 64 = queries > 16 && hasRoom ? 64 : 16;
  const causal = attributes.causal === true;
  return { size: width / heads, tile, hasBias: inputs.bias !== undefined, causal };
}

/** Dispatches a pass for examples `first` to `first + count`, a workgroup for each of `groupHeads` heads and tile of lines. */
function runPass(
  context: KernelContext,
  program: Program,
  tensors: Inputs,
  { heads, keyHeads, queries, keys, width, scale }: Shape,
  [first, count]: readonly [number, number],
  tiles: number,
  groupHeads = heads,
): void {
  const group = heads / keyHeads;
  const most = Math.max(1, Math.floor(mostGroups / groupHeads));
  for (let done = 0; done < count; done += most) {
    const examples = Math.min(most, count - done);
    const uniforms = [heads, group, queries, keys, width, width / group, first + done, scale];
    context.run(program, tensors, uniforms, [tiles, examples * groupHeads, 1]);
  }
}

/** Forward, tile by tile: probabilities are never in memory. */
export const attention: GpuKernel = (context, inputs, attributes) => {
  const shape = shapeOf(inputs, attributes);
  const result = context.output(inputs.query!.shape);
  if (sizeOf(result.shape) === 0) return result;
  const variant = variantOf(context, shape, inputs, attributes);
  const program = cached("forward", variant, () => forwardProgram(variant, false));
  const tiles = Math.ceil(shape.queries / variant.tile);
  runPass(context, program, { ...inputs, result }, shape, [0, shape.batch], tiles);
  return result;
};

/** dQuery, dKey, dValue and, with `biasGradient`, dBias (heads, queries, keys) summed over the batch in order. */
export const attentionGradient: GpuKernel = (context, inputs, attributes) => {
  const shape = shapeOf(inputs, attributes);
  const { batch, heads, queries, keys } = shape;
  const variant = variantOf(context, shape, inputs, attributes);
  const [dQuery, dKey, dValue] = [inputs.query, inputs.key, inputs.value].map((tensor) =>
    context.output(tensor!.shape),
  );
  const stats = context.output([batch, heads, queries, 2]);
  const all = [0, batch] as const;
  const tensors = { ...inputs, stats, dQuery, dKey, dValue };
  const [queryTiles, keyTiles] = [queries, keys].map((lines) => Math.ceil(lines / variant.tile)) as [number, number];
  const statistics = cached("statistics", variant, () => forwardProgram(variant, true));
  runPass(context, statistics, tensors, shape, all, queryTiles);
  const dKeys = cached("dKey", variant, () => keyGradientProgram(variant));
  runPass(context, dKeys, tensors, shape, all, keyTiles, shape.keyHeads);
  const gradients = [dQuery!, dKey!, dValue!];
  if (attributes.biasGradient === true) gradients.push(biasGradient(context, variant, tensors, shape, queryTiles));
  else {
    const dQueries = cached("dQuery", variant, () => queryGradientProgram(variant, false));
    runPass(context, dQueries, tensors, shape, all, queryTiles);
  }
  context.free(stats);
  return gradients;
};

const add = elementwise("add", ["a", "b"], "a[index] + b[index]");

/** dQuery, and the sum of the score gradients, over as many examples at a time as fit. */
function biasGradient(
  context: KernelContext,
  variant: AttentionVariant,
  tensors: Inputs,
  shape: Shape,
  queryTiles: number,
): TensorInfo {
  const { batch, heads, queries, keys } = shape;
  const ofExample = heads * queries * keys;
  const step = Math.max(1, Math.min(batch, Math.floor(heldScores / ofExample), Math.floor(mostGroups / heads)));
  const program = cached("dScores", variant, () => queryGradientProgram(variant, true));
  const dScores = context.output([step, ofExample]);
  let total: TensorInfo | null = null;
  for (let first = 0; first < batch; first += step) {
    const count = Math.min(step, batch - first);
    runPass(context, program, { ...tensors, dScores }, shape, [first, count], queryTiles);
    const some = sumRows(context, dScores, count, ofExample);
    if (total === null) {
      total = some;
      continue;
    }
    const result = context.output([ofExample]);
    context.run(add, { a: total, b: some, result }, [ofExample], groupsFor(Math.ceil(ofExample / threads)));
    for (const tensor of [total, some]) context.free(tensor);
    total = result;
  }
  context.free(dScores);
  return { ...total!, shape: [heads, queries, keys] };
}
