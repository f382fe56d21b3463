import { tf } from "@petl/tensor";
import { Float } from "../wasm/runner.js";
import { type CpuKernel, type KernelContext, rowsOf, sizeOf, type TensorInfo } from "./context.js";

/** Sums run over one range of adjacent axes: (outer, reduced, inner). */
function reduceRange(
  context: KernelContext,
  x: TensorInfo,
  [outer, reduced, inner]: readonly [number, number, number],
  shape: readonly number[],
  scale: number,
): TensorInfo {
  const output = context.output(shape);
  const [from, to] = [context.address(x), context.address(output)];
  if (inner === 1) context.runner.run("rowSum", outer, 300 * reduced, [from, to, reduced, new Float(scale)]);
  else
    context.runner.run("columnSum", outer * Math.ceil(inner / 4), 3000 * reduced, [
      from,
      to,
      reduced,
      inner,
      new Float(scale),
    ]);
  return output;
}

/** `Sum` and `Mean` of float32 over adjacent axes; all else goes to `stock`. */
export function reduction(stock: tf.KernelFunc, mean: boolean): CpuKernel {
  return (context, inputs, attributes) => {
    const x = inputs.x!;
    const axes = tf.util.parseAxisParam(attributes.axis as number[], x.shape).sort((left, right) => left - right);
    const adjacent = axes.every((axis, index) => axis === axes[0]! + index);
    if (x.dtype !== "float32" || !adjacent || axes.length === 0 || sizeOf(x.shape) === 0) {
      return stock({
        inputs: inputs as tf.NamedTensorInfoMap,
        attrs: attributes as tf.NamedAttrMap,
        backend: context.backend,
      });
    }
    const [first, last] = [axes[0]!, axes[axes.length - 1]! + 1];
    const outer = x.shape.slice(0, first);
    const inner = x.shape.slice(last);
    const kept = attributes.keepDims === true ? axes.map(() => 1) : [];
    const reduced = sizeOf(x.shape.slice(first, last));
    const scale = mean ? 1 / reduced : 1;
    return reduceRange(context, x, [sizeOf(outer), reduced, sizeOf(inner)], [...outer, ...kept, ...inner], scale);
  };
}

export const columnSum: CpuKernel = (context, inputs) => {
  const { rows, channels } = rowsOf(inputs.x!);
  return reduceRange(context, inputs.x!, [1, rows, channels], [channels], 1);
};

const squaresBlock = 16384;

export const sumOfSquares: CpuKernel = (context, inputs) => {
  const size = sizeOf(inputs.x!.shape);
  const blocks = Math.ceil(size / squaresBlock);
  const partial = context.output([2 * blocks]); // float64
  const address = context.address(partial);
  context.runner.run("sumOfSquares", blocks, 5_000_000, [context.address(inputs.x), address, size]);
  const output = context.output([]);
  const sums = new Float64Array(context.backend.typedArrayFromHeap(partial).slice().buffer);
  context.backend.typedArrayFromHeap(output)[0] = sums.reduce((sum, block) => sum + block, 0);
  context.backend.disposeData(partial.dataId);
  return output;
};

/** Sums the rows of `dy` by id -> (size, channels). */
export const embeddingGradient: CpuKernel = (context, inputs, { size }) => {
  const { rows, channels } = rowsOf(inputs.dy!);
  return segmentSum(context, inputs.dy!, inputs.ids!, [size as number, channels], rows, channels);
};

/** tfjs's wasm backend has no `UnsortedSegmentSum`, the gradient of `gather`. */
export const unsortedSegmentSum: CpuKernel = (context, inputs, { numSegments }) => {
  const [x, ids] = [inputs.x!, inputs.segmentIds!];
  if (x.dtype !== "float32") throw new Error(`cpu unsortedSegmentSum: expected float32, got ${x.dtype}; cast it`);
  const rows = sizeOf(ids.shape);
  const inner = x.shape.slice(ids.shape.length);
  return segmentSum(context, x, ids, [numSegments as number, ...inner], rows, sizeOf(inner));
};

function segmentSum(
  context: KernelContext,
  dy: TensorInfo,
  ids: TensorInfo,
  shape: readonly number[],
  rows: number,
  channels: number,
): TensorInfo {
  const output = context.output(shape);
  const size = sizeOf(shape);
  context.runner.run("zeros", Math.ceil(size / 4096), 800_000, [context.address(output), size]);
  const job = [context.address(dy), context.address(ids), context.address(output), rows, channels, shape[0]!];
  context.runner.run("segmentSum", Math.ceil(channels / 16), 4000 * rows, job);
  return output;
}
