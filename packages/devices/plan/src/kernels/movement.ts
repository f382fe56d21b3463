import { tf } from "@petl/tensor";
import { axisOf, bytesOf, type KernelPlan, listOf, type PlanKernel, sizeOf, type TensorInfo } from "./kernel.js";

/** The same buffer with another shape. */
function view(x: TensorInfo, shape: readonly number[]): KernelPlan {
  return { outputs: [{ shape, dtype: x.dtype }], shares: x, flops: 0, bytesMoved: 0 };
}

const copy = (x: TensorInfo, shape: readonly number[]): KernelPlan => ({
  outputs: [{ shape, dtype: x.dtype }],
  flops: 0,
  bytesMoved: 2 * bytesOf({ shape, dtype: x.dtype }),
});

const replaced = (shape: readonly number[], axis: number, ...extents: readonly number[]): number[] => [
  ...shape.slice(0, axis),
  ...extents,
  ...shape.slice(axis + 1),
];

/** Stock kernels that move values and compute nothing. */
export const movementKernels: Readonly<Record<string, PlanKernel>> = {
  [tf.Identity]: ({ x }) => view(x!, x!.shape),
  [tf.Reshape]: ({ x }, { shape }) => view(x!, tf.util.inferFromImplicitShape(shape as number[], sizeOf(x!.shape))),
  [tf.ExpandDims]: ({ input }, { dim }) => {
    const shape = [...input!.shape];
    const axis = dim as number;
    shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
    return view(input!, shape);
  },
  [tf.Transpose]: ({ x }, { perm }) =>
    copy(
      x!,
      (perm as number[]).map((axis) => x!.shape[axis]!),
    ),
  [tf.Reverse]: ({ x }) => copy(x!, x!.shape),
  [tf.Tile]: ({ x }, { reps }) =>
    copy(
      x!,
      x!.shape.map((extent, axis) => extent * (reps as number[])[axis]!),
    ),
  [tf.PadV2]: ({ x }, { paddings }) =>
    copy(
      x!,
      x!.shape.map((extent, axis) => extent + sizeOfPadding((paddings as [number, number][])[axis]!)),
    ),
  [tf.Slice]: ({ x }, { begin, size }) => {
    const [from, extents] = tf.slice_util.parseSliceParams(x!, begin as number[], size as number[]) as [
      number[],
      number[],
    ];
    return copy(
      x!,
      extents.map((extent, axis) => (extent < 0 ? x!.shape[axis]! - from[axis]! : extent)),
    );
  },
  [tf.Concat]: (inputs, attributes) => {
    const all = listOf(inputs);
    const first = all[0]!;
    const axis = axisOf(attributes.axis as number, first.shape.length);
    return copy(
      first,
      replaced(
        first.shape,
        axis,
        all.reduce((sum, { shape }) => sum + shape[axis]!, 0),
      ),
    );
  },
  [tf.Pack]: (inputs, attributes) => {
    const all = listOf(inputs);
    const first = all[0]!;
    const axis = axisOf(attributes.axis as number, first.shape.length + 1);
    return copy(first, [...first.shape.slice(0, axis), all.length, ...first.shape.slice(axis)]);
  },
  [tf.Unpack]: ({ value }, attributes) => {
    const axis = axisOf(attributes.axis as number, value!.shape.length);
    const shape = replaced(value!.shape, axis);
    const outputs = Array.from({ length: value!.shape[axis]! }, () => ({ shape, dtype: value!.dtype }));
    return { outputs, flops: 0 };
  },
  [tf.SplitV]: ({ x }, { numOrSizeSplits, axis }) => {
    const along = axisOf(axis as number, x!.shape.length);
    const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits as number[] | number, along);
    return { outputs: sizes.map((size) => ({ shape: replaced(x!.shape, along, size), dtype: x!.dtype })), flops: 0 };
  },
  [tf.GatherV2]: ({ x, indices }, attributes) => {
    const axis = axisOf(attributes.axis as number, x!.shape.length);
    const batch = (attributes.batchDims as number | undefined) ?? 0;
    const shape = replaced(x!.shape, axis, ...indices!.shape.slice(batch));
    return { ...copy(x!, shape), bytesMoved: 2 * bytesOf({ shape, dtype: x!.dtype }) + bytesOf(indices!) };
  },
  [tf.OneHot]: ({ indices }, { depth, dtype }) => ({
    outputs: [{ shape: [...indices!.shape, depth as number], dtype: (dtype as tf.DataType | undefined) ?? "int32" }],
    flops: 0,
  }),
};

const sizeOfPadding = ([before, after]: readonly [number, number]): number => before + after;
