import { tf } from "@petl/tensor";
import type { StoredWeight } from "@petl/weight-formats";
import type { CpuBackend } from "../wasm/backend.js";
import type { KernelRunner } from "../wasm/runner.js";

export type TensorInfo = tf.TensorInfo;
export type Inputs = Readonly<Record<string, TensorInfo | undefined>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** What a kernel needs from the device: tensors by address, and a runner for the WebAssembly kernels. */
export class KernelContext {
  constructor(
    readonly backend: CpuBackend,
    readonly runner: KernelRunner,
  ) {}

  /** Address of a tensor's values; 0 for an absent one. */
  address(tensor: TensorInfo | undefined): number {
    if (tensor === undefined) return 0;
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A weight that is stored in few bits, outside the heap; undefined for any other tensor. */
  storedWeight(tensor: TensorInfo): StoredWeight | undefined {
    return this.backend.storedWeight(tensor.dataId);
  }

  /** A tensor's bytes on the heap. */
  bytesOf(tensor: TensorInfo): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.backend.typedArrayFromHeap(tensor);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** A new, uninitialised tensor. */
  output(shape: readonly number[], dtype: tf.DataType = "float32"): TensorInfo {
    return this.backend.makeOutput([...shape], dtype);
  }
}

/** A kernel of this package: named inputs and attributes in, outputs out. */
export type CpuKernel = (context: KernelContext, inputs: Inputs, attributes: Attributes) => TensorInfo | TensorInfo[];

/** Replaces tfjs's kernels of the same names; returns a function that undoes it. */
export function registerKernels(runner: KernelRunner, kernels: Readonly<Record<string, CpuKernel>>): () => void {
  const before = new Map(Object.keys(kernels).map((name) => [name, tf.getKernel(name, "wasm") ?? null]));
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    const stock = before.get(kernelName);
    if (stock) tf.unregisterKernel(kernelName, "wasm");
    tf.registerKernel({
      kernelName,
      backendName: "wasm",
      kernelFunc: ({ inputs, attrs, backend }) =>
        kernel(new KernelContext(backend as CpuBackend, runner), inputs as Inputs, (attrs ?? {}) as Attributes),
      ...(stock?.setupFunc && { setupFunc: stock.setupFunc }), // a kernel may fall back to the stock one
    });
  }
  return () => {
    for (const [kernelName, config] of before) {
      tf.unregisterKernel(kernelName, "wasm");
      if (config !== null) tf.registerKernel(config);
    }
  };
}

/** Number of values of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** A tensor seen as rows of its last axis. */
export function rowsOf({ shape }: TensorInfo): { rows: number; channels: number } {
  const channels = shape[shape.length - 1] ?? 1;
  return { rows: sizeOf(shape.slice(0, -1)), channels };
}

/** A new tensor of another dtype; the caller disposes it. */
export function cast({ backend }: KernelContext, x: TensorInfo, dtype: "float32" | "int32"): TensorInfo {
  const attrs = { dtype } as unknown as tf.NamedAttrMap;
  return tf.getKernel(tf.Cast, "wasm").kernelFunc({ inputs: { x }, attrs, backend }) as TensorInfo;
}
