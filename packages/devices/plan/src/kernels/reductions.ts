import { tf } from "@petl/tensor";
import { bytesOf, type PlanKernel, sizeOf } from "./kernel.js";

/** A reduction over `axis`: one operation per value read. */
const reduction =
  (dtype?: tf.DataType): PlanKernel =>
  ({ x }, { axis, keepDims }) => {
    const axes = new Set(tf.util.parseAxisParam(axis as number | number[], x!.shape));
    const kept = x!.shape.flatMap((extent, index) => (axes.has(index) ? (keepDims === true ? [1] : []) : [extent]));
    return { outputs: [{ shape: kept, dtype: dtype ?? x!.dtype }], flops: sizeOf(x!.shape) };
  };

/** Stock kernels that reduce axes, and the matrix product. */
export const reductionKernels: Readonly<Record<string, PlanKernel>> = {
  [tf.Sum]: reduction(),
  [tf.Mean]: reduction("float32"),
  [tf.Prod]: reduction(),
  [tf.Max]: reduction(),
  [tf.Min]: reduction(),
  [tf.All]: reduction("bool"),
  [tf.Any]: reduction("bool"),
  [tf.ArgMax]: reduction("int32"),
  [tf.ArgMin]: reduction("int32"),
  [tf.TopK]: ({ x }, { k }) => {
    const shape = [...x!.shape.slice(0, -1), k as number];
    return {
      outputs: [
        { shape, dtype: x!.dtype },
        { shape, dtype: "int32" },
      ],
      flops: sizeOf(x!.shape), // comparisons, at least
    };
  },
  [tf.UnsortedSegmentSum]: ({ x, segmentIds }, { numSegments }) => {
    const shape = [numSegments as number, ...x!.shape.slice(segmentIds!.shape.length)];
    return { outputs: [{ shape, dtype: x!.dtype }], flops: sizeOf(x!.shape) };
  },
  [tf.BatchMatMul]: ({ a, b }, { transposeA, transposeB }) => {
    const [rowsA, columnsA] = a!.shape.slice(-2) as [number, number];
    const [rowsB, columnsB] = b!.shape.slice(-2) as [number, number];
    const [rows, depth] = transposeA === true ? [columnsA, rowsA] : [rowsA, columnsA];
    const [inner, columns] = transposeB === true ? [columnsB, rowsB] : [rowsB, columnsB];
    if (depth !== inner)
      throw new Error(`plan matMul: expected equal inner extents, got [${a!.shape}] and [${b!.shape}]`);
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
    const output = { shape: [...batch, rows, columns], dtype: "float32" } as const;
    return {
      outputs: [output],
      flops: 2 * sizeOf(output.shape) * depth,
      bytesMoved: bytesOf(a!) + bytesOf(b!) + bytesOf(output),
      isMatrixProduct: true,
    };
  },
};
