import { DeviceError, tf } from "@petl/tensor";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import type { Failures } from "../dawn/failures.js";
import { KernelContext } from "./context.js";
import { elementwise, groupsFor, type Program } from "./program.js";

/** Codes of half precision; values that are widened again at once may never be rounded. */
const codes: Program = {
  ...elementwise("codes of f16", ["x"], "f32(bitcast<u32>(vec2<f16>(vec2f(x[index]))) & 0xffffu)"),
  enables: ["f16"],
};

/** Numbers, their codes, and what those mean. */
const expected = [
  [70_000, 0x7c00, "infinity"],
  [-70_000, 0xfc00, "minus infinity"],
  [1 / 3, 0x3555, "the nearest number"],
] as const;

/**
 * Makes sure that numbers beyond the range of half precision become infinite, which WGSL leaves open: whoever scales a loss sees an overflow
 * by that. @throws DeviceError E_DEVICE_UNUSABLE
 */
export async function checkRounding(backend: WebGPUBackend, failures: Failures): Promise<void> {
  const x = tf.tensor1d(expected.map(([value]) => value));
  const context = new KernelContext(backend, failures);
  const result = tf.engine().makeTensorFromTensorInfo(context.output(x.shape));
  context.run(codes, { x, result }, [x.size], groupsFor(1));
  const found = await result.data();
  tf.dispose([x, result]);
  const wrong = expected.findIndex(([, code], index) => found[index] !== code);
  if (wrong < 0) return;
  const [value, code, meaning] = expected[wrong]!;
  throw new DeviceError(
    "E_DEVICE_UNUSABLE",
    `webgpu: expected this GPU to round ${value} to ${meaning} in half precision (code ${code}), got code ${found[wrong]}; use --precision f32`,
  );
}
