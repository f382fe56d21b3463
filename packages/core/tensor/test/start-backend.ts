import { type DeviceProvider, tf } from "../src/index.js";

/**
 * Where these tests compute: tfjs in plain JavaScript, or a device of this repository that PETL_TENSOR_DEVICE names. Devices stand above
 * this package, so they are found by their place and not imported.
 */
export async function startBackend(): Promise<void> {
  const name = process.env.PETL_TENSOR_DEVICE;
  if (name === undefined) {
    await import("@tensorflow/tfjs-backend-cpu");
    await tf.setBackend("cpu");
    return;
  }
  const file = new URL(`../../../devices/${name}/src/index.ts`, import.meta.url).href;
  const { default: device } = (await import(file)) as { default: DeviceProvider };
  await device.open();
}
