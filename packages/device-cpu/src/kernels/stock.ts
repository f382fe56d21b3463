import { tf } from "@petl/tensor";
import { type CpuKernel, sizeOf } from "./context.js";

/** tfjs's wasm backend copies the values of a tensor that is cloned; this shares them, as its other backends do. */
export const identity: CpuKernel = (context, inputs) => {
  const { dataId, shape, dtype } = inputs.x!;
  context.backend.incRef(dataId);
  return { dataId, shape, dtype };
};

/** `gather` of whole rows (axis 0) copied row by row; `stock` for everything else. */
export function gather(stock: tf.KernelFunc): CpuKernel {
  return (context, inputs, attributes) => {
    const [x, indices] = [inputs.x!, inputs.indices!];
    const { axis, batchDims } = attributes as { axis: number; batchDims: number };
    const isCopy = tf.util.parseAxisParam(axis, x.shape)[0] === 0 && batchDims === 0 && indices.dtype === "int32";
    if (!isCopy || (x.dtype !== "float32" && x.dtype !== "int32")) {
      return stock({
        inputs: inputs as tf.NamedTensorInfoMap,
        attrs: attributes as tf.NamedAttrMap,
        backend: context.backend,
      });
    }
    for (const id of context.backend.typedArrayFromHeap(indices)) {
      if (id < 0 || id >= x.shape[0]!) {
        throw new Error(`GatherV2: the index value ${id} is not in [0, ${x.shape[0]! - 1}]`);
      }
    }
    const inner = x.shape.slice(1);
    const rows = sizeOf(indices.shape);
    const output = context.output([...indices.shape, ...inner], x.dtype);
    const rowBytes = 4 * sizeOf(inner);
    const addresses = [x, indices, output].map((tensor) => context.address(tensor));
    context.runner.run("gatherRows", rows, 50 * rowBytes + 20_000, [...addresses, rowBytes, x.shape[0]!]);
    return output;
  };
}

/** `a + b` of one shape, shared out over the threads; `stock` where one is broadcast. */
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
