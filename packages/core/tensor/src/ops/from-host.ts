import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { kernelOr } from "../kernels.js";

/**
 * A new float32 tensor of which `write` sets every value: in the device's own memory where that is the host's too, so that
 * nothing is copied twice. `write` is called at once, or never by a device of shapes; it must neither keep the array nor make tensors.
 */
export function fromHost(shape: readonly number[], write: (values: Float32Array) => void): Tensor {
  return kernelOr("PetlFromHost", {}, { shape: [...shape], write }, () => {
    const values = new Float32Array(tf.util.sizeFromShape([...shape]));
    write(values);
    return tf.tensor(values, [...shape]);
  });
}
