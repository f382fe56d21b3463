import cpu from "@petl/device-cpu";
import { type Device, type KernelName, tf } from "@petl/tensor";
import { f16ToF32, f32ToF16 } from "@petl/weight-formats";

/** What of the CPU device's backend a kernel needs to make a tensor. */
interface Heap {
  makeOutput(shape: readonly number[], dtype: "float32"): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  disposeData(dataId: object): void;
}

const products: readonly string[] = [tf.BatchMatMul, ...(["PetlLinear", "PetlAddProduct"] satisfies KernelName[])];
/** Inputs that are added to a product. */
const summands: ReadonlySet<string> = new Set(["bias", "sum"]);

/**
 * The CPU device with operands of matrix products rounded to half precision as a device with `--precision f16` rounds them: to the nearest
 * number of those, to infinity beyond 65,504, to 0 below 2^-25. Sums and tensors are float32.
 */
export async function openHalfProducts(): Promise<Device> {
  const device = await cpu.open({ kernels: "wasm" });
  const before = products.map((name) => tf.getKernel(name, "wasm"));
  for (const kernel of before) {
    tf.unregisterKernel(kernel.kernelName, "wasm");
    tf.registerKernel({ ...kernel, kernelFunc: (call) => onRounded(kernel, call) });
  }
  return {
    ...device,
    needsLossScaling: true,
    async close() {
      for (const kernel of before) {
        tf.unregisterKernel(kernel.kernelName, "wasm");
        tf.registerKernel(kernel);
      }
      await device.close();
    },
  };
}

function onRounded({ kernelFunc }: tf.KernelConfig, call: Parameters<tf.KernelFunc>[0]): ReturnType<tf.KernelFunc> {
  const heap = call.backend as Heap;
  const made: tf.TensorInfo[] = [];
  const rounded = Object.entries(call.inputs).map(([name, input]) => {
    if (input === undefined || summands.has(name) || input.dtype !== "float32") return [name, input] as const;
    const output = heap.makeOutput(input.shape, "float32");
    heap.typedArrayFromHeap(output).set(f16ToF32(f32ToF16(heap.typedArrayFromHeap(input))));
    made.push(output);
    return [name, output] as const;
  });
  const result = kernelFunc({ ...call, inputs: Object.fromEntries(rounded) });
  for (const { dataId } of made) heap.disposeData(dataId);
  return result;
}
