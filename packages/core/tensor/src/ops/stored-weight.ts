import type { WeightFormat } from "@petl/weight-formats";
import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import { DeviceError } from "../device.js";
import { engine } from "../engine.js";
import { hasKernel, runKernel } from "../kernels.js";
import { storageOf } from "../storage.js";

/**
 * A frozen weight of this shape whose values stay in `format`, for `linear` and `embedding`; other operations refuse it. Arithmetic is
 * float32: a device widens the values piece by piece as it multiplies. `read` gives the bytes as `weightLayout` says; it is called at
 * once, or never by a device of shapes, and the array is the device's from then on.
 *
 * @throws DeviceError where the device keeps float32 only
 */
export function storedWeight(format: WeightFormat, shape: readonly number[], read: () => Uint8Array): Tensor {
  if (!hasKernel("PetlStoreWeight"))
    throw new DeviceError(
      "E_DEVICE_UNUSABLE",
      `the device "${engine.backendName}": expected one that keeps frozen weights as ${format}, got one that keeps float32 only; use --device cpu or webgpu, or --backbone-dtype f32`,
    );
  return runKernel("PetlStoreWeight", {}, { format, shape: [...shape], read })[0]!;
}

/** A float32 copy of a stored weight; of another tensor a reference. */
export function widened(weight: Tensor): Tensor {
  return storageOf(weight) === null ? tf.clone(weight) : runKernel("PetlWidenWeight", { weight }, {})[0]!;
}
