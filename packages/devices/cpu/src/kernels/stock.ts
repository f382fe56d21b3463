import { tf } from "@petl/tensor";
import { type CpuKernel, type KernelContext, sizeOf, type TensorInfo } from "./context.js";
import { copyStoredRows } from "./stored-weights.js";

/** A clone that shares its values, as in tfjs's other backends; the wasm backend copies them. */
export const identity: CpuKernel = (context, inputs) => {
  const { dataId, shape, dtype } = inputs.x!;
  context.backend.incRef(dataId);
  return { dataId, shape, dtype };
};

/** A new tensor whose values the caller writes in place. */
export const fromHost: CpuKernel = (context, _inputs, attributes) => {
  const { shape, write } = attributes as { shape: number[]; write: (values: Float32Array) => void };
  const output = context.output(shape);
  write(context.backend.typedArrayFromHeap(output) as Float32Array);
  return output;
};

/**
 * `gather` over any axis and batch dimensions, row by row. tfjs's own reads past its operands if there are batch
 * dimensions.
 */
export const gather: CpuKernel = (context, inputs, attributes) => {
  const [x, indices] = [inputs.x!, inputs.indices!];
  const { axis, batchDims } = attributes as { axis: number; batchDims: number };
  const along = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const { segment_util: segments } = tf.backend_util;
  const shapes = segments.collectGatherOpShapeInfo(x as tf.Tensor, indices as tf.Tensor, along, batchDims);
  const ids = context.backend.typedArrayFromHeap(indices) as Int32Array;
  for (const id of ids) {
    if (id < 0 || id >= shapes.dimSize) {
      throw new Error(`GatherV2: the index value ${id} is not in [0, ${shapes.dimSize - 1}]`);
    }
  }
  const output = context.output(shapes.outputShape, x.dtype);
  const stored = context.storedWeight(x);
  if (stored !== undefined && along === 0 && batchDims === 0) {
    copyStoredRows(context, stored, ids, output);
    return output;
  }
  const rowBytes = (x.dtype === "bool" ? 1 : 4) * shapes.sliceSize;
  const outer = shapes.batchSize * shapes.outerSize;
  const copy = (rows: TensorInfo): void => {
    const addresses = [x, rows, output].map((tensor) => context.address(tensor));
    const job = [...addresses, rowBytes, outer * shapes.dimSize];
    context.runner.run("gatherRows", sizeOf(rows.shape), 50 * rowBytes + 20_000, job);
  };
  if (outer === 1) {
    copy(indices);
    return output;
  }
  const rows = rowsOfOuter(context, ids, shapes);
  copy(rows);
  context.backend.disposeData(rows.dataId);
  return output;
};

/** Row of `x`, viewed as rows, for each row of the output: (batch, outer, indices of an example). */
function rowsOfOuter(
  context: KernelContext,
  ids: Int32Array,
  { batchSize, outerSize, dimSize }: { batchSize: number; outerSize: number; dimSize: number },
): TensorInfo {
  const count = ids.length / batchSize;
  const rows = context.output([batchSize * outerSize * count], "int32");
  const values = context.backend.typedArrayFromHeap(rows);
  let at = 0;
  for (let batch = 0; batch < batchSize; batch++) {
    for (let outer = 0; outer < outerSize; outer++) {
      const first = (batch * outerSize + outer) * dimSize;
      for (let index = 0; index < count; index++) values[at++] = first + ids[batch * count + index]!;
    }
  }
  return rows;
}

/** `a + b` of equal shapes, split over the threads; `stock` if one is broadcast. */
export function add(stock: tf.KernelFunc): CpuKernel {
  return (context, inputs, attributes) => {
    const [a, b] = [inputs.a!, inputs.b!];
    if (a.dtype !== "float32" || b.dtype !== "float32" || !tf.util.arraysEqual(a.shape, b.shape)) {
      return stock({
        inputs: inputs as tf.NamedTensorInfoMap,
        attrs: attributes as tf.NamedAttrMap,
        backend: context.backend,
      });
    }
    const output = context.output(a.shape);
    const addresses = [a, b, output].map((tensor) => context.address(tensor));
    context.runner.run("add", sizeOf(a.shape), 600, addresses);
    return output;
  };
}
