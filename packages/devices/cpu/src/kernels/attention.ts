import { Float } from "../wasm/runner.js";
import {
  type Attributes,
  type CpuKernel,
  cast,
  type Inputs,
  type KernelContext,
  sizeOf,
  type TensorInfo,
} from "./context.js";

const blockQueries = 64;
const roundUp = (count: number, to: number): number => Math.ceil(count / to) * to;

interface Shape {
  readonly batch: number;
  readonly heads: number;
  readonly keyHeads: number;
  /** Heads of the queries for each of the keys. */
  readonly group: number;
  readonly queries: number;
  readonly keys: number;
  /** Channels of a head. */
  readonly size: number;
  readonly scale: Float;
  readonly causal: number;
}

function shapeOf(inputs: Inputs, attributes: Attributes): Shape {
  const [batch, queries, width] = inputs.query!.shape as [number, number, number];
  const { heads, keyValueHeads, scale } = attributes as { heads: number; keyValueHeads: number; scale: number };
  return {
    ...{ batch, heads, keyHeads: keyValueHeads, group: heads / keyValueHeads },
    ...{ queries, keys: inputs.key!.shape[1]!, size: width / heads },
    ...{ scale: new Float(scale), causal: attributes.causal === true ? 1 : 0 },
  };
}

/** The mask as float32, and whether it is a new tensor. */
function floatMask(context: KernelContext, mask: TensorInfo): { readonly mask: TensorInfo; readonly isNew: boolean } {
  if (mask.dtype === "float32") return { mask, isNew: false };
  return { mask: cast(context, mask, "float32"), isNew: true };
}

/** Runs `compute` with a buffer for each thread's scores, then frees it. */
function withRoom<T>(context: KernelContext, values: number, compute: (room: number, bytesOfThread: number) => T): T {
  const perThread = roundUp(values, 16);
  const room = context.output([context.runner.threads * perThread]);
  try {
    return compute(context.address(room), perThread * 4);
  } finally {
    context.backend.disposeData(room.dataId);
  }
}

/** Forward: scores of 64 queries at a time, never all of them. */
export const attention: CpuKernel = (context, inputs, attributes) => {
  const { batch, keyHeads, group, queries, keys, size, scale, causal } = shapeOf(inputs, attributes);
  const output = context.output(inputs.query!.shape);
  if (sizeOf(output.shape) === 0) return output;
  const { mask, isNew } = floatMask(context, inputs.mask!);
  const room = roundUp(keys, 8) * size + keys * roundUp(size, 8) + roundUp(keys, 4) * (1 + blockQueries);
  withRoom(context, room, (address, bytesOfThread) => {
    const tensors = [inputs.query, inputs.key, inputs.value, inputs.bias, mask, output];
    context.runner.run("attention", batch * keyHeads, group * queries * keys * (2 * size * 20 + 3000), [
      ...tensors.map((tensor) => context.address(tensor)),
      ...[keyHeads, queries, keys, size, causal, address, bytesOfThread, group, scale],
    ]);
  });
  if (isNew) context.backend.disposeData(mask.dataId);
  return output;
};

/** Only the probabilities: (batch, heads, queries, keys). */
export const attentionWeights: CpuKernel = (context, inputs, attributes) => {
  const { batch, heads, keyHeads, group, queries, keys, size, scale, causal } = shapeOf(inputs, attributes);
  const output = context.output([batch, heads, queries, keys]);
  if (sizeOf(output.shape) === 0) return output;
  const { mask, isNew } = floatMask(context, inputs.mask!);
  withRoom(context, roundUp(keys, 8) * size + roundUp(keys, 4) * (1 + blockQueries), (address, bytesOfThread) => {
    const tensors = [inputs.query, inputs.key, inputs.bias, mask, output];
    context.runner.run("attentionWeights", batch * keyHeads, group * queries * keys * (size * 20 + 3000), [
      ...tensors.map((tensor) => context.address(tensor)),
      ...[keyHeads, queries, keys, size, causal, address, bytesOfThread, group, scale],
    ]);
  });
  if (isNew) context.backend.disposeData(mask.dataId);
  return output;
};

/** Probabilities applied to values: (batch, queries, heads * size). */
export const applyAttention: CpuKernel = (context, { weights, value }, { keyValueHeads }) => {
  const [batch, heads, queries, keys] = weights!.shape as [number, number, number, number];
  const keyHeads = keyValueHeads as number;
  const [size, group] = [value!.shape[2]! / keyHeads, heads / keyHeads];
  const output = context.output([batch, queries, heads * size]);
  if (sizeOf(output.shape) === 0) return output;
  withRoom(context, keys * roundUp(size, 8), (address, bytesOfThread) => {
    context.runner.run("applyAttention", batch * keyHeads, group * queries * keys * size * 20, [
      ...[weights, value, output].map((tensor) => context.address(tensor)),
      ...[keyHeads, queries, keys, size, address, bytesOfThread, group],
    ]);
  });
  return output;
};

/** Maximum number of score gradients in memory when the bias needs its gradient. */
const heldScores = 2 ** 22;

/** dQuery, dKey, dValue and, with `biasGradient`, dBias (heads, queries, keys) summed over the batch in order. */
export const attentionGradient: CpuKernel = (context, inputs, attributes) => {
  const { batch, heads, keyHeads, group, queries, keys, size, scale, causal } = shapeOf(inputs, attributes);
  const { query, key, value, bias, dy } = inputs;
  const outputs = [query, key, value].map((tensor) => context.output(tensor!.shape));
  const dBias = attributes.biasGradient === true ? context.output([heads, queries, keys]) : undefined;
  const all = dBias === undefined ? outputs : [...outputs, dBias];
  const { mask, isNew } = floatMask(context, inputs.mask!);
  const scoresOfExample = heads * queries * keys;
  const step = dBias === undefined ? batch : Math.max(1, Math.min(batch, Math.floor(heldScores / scoresOfExample)));
  const dScores = dBias === undefined ? undefined : context.output([step * scoresOfExample]);
  const columns = roundUp(size, 8);
  const room =
    2 * roundUp(keys, 8) * size + (keys + 2 * blockQueries) * columns + roundUp(keys, 4) * (1 + 2 * blockQueries);
  withRoom(context, room, (address, bytesOfThread) => {
    for (let first = 0; first < batch; first += step) {
      const count = Math.min(step, batch - first);
      const at = (tensor: TensorInfo | undefined): number =>
        context.address(tensor) + 4 * first * sizeOf(tensor!.shape.slice(1));
      context.runner.run("attentionGradient", count * keyHeads, group * queries * keys * (5 * size * 20 + 6000), [
        ...[at(query), at(key), at(value), context.address(bias), at(mask), at(dy)],
        ...[keyHeads, queries, keys, size, causal, address, bytesOfThread],
        ...outputs.map(at),
        ...[context.address(dScores), group, scale],
      ]);
      if (dBias === undefined) continue;
      const job = [context.address(dScores), context.address(dBias), count, scoresOfExample, first === 0 ? 0 : 1];
      context.runner.run("addExamples", scoresOfExample, 600 * count, job);
    }
  });
  if (dScores !== undefined) context.backend.disposeData(dScores.dataId);
  if (isNew) context.backend.disposeData(mask.dataId);
  return all;
};
