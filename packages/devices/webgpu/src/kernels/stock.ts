import type { tf } from "@petl/tensor";
import type { GpuKernel, TensorInfo } from "./context.js";

/** Tensors that a sum binds at a time: every GPU allows 8 buffers, including the result. */
const summands = 7;

/** Sum of any number of tensors; tfjs's own kernel binds all at once, beyond what GPUs allow. */
export function addN(stock: tf.KernelFunc): GpuKernel {
  return (context, inputs) => {
    const { backend } = context;
    let rest = Object.values(inputs) as TensorInfo[];
    let made: TensorInfo[] = [];
    do {
      const sums: TensorInfo[] = [];
      for (let first = 0; first < rest.length; first += summands) {
        const some = rest.slice(first, first + summands);
        sums.push(stock({ inputs: some as unknown as tf.NamedTensorInfoMap, attrs: {}, backend }) as TensorInfo);
      }
      for (const tensor of made) context.free(tensor);
      [rest, made] = [sums, sums];
    } while (rest.length > 1);
    return rest[0]!;
  };
}
