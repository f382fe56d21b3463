import { createRequire } from "node:module";
import type { tf } from "@petl/tensor";

/** The parts of tfjs-node's addon used here. */
interface Binding {
  readonly TF_Version: string;
  /** Whether operations run on a GPU: the first that TensorFlow sees. */
  isUsingGpuDevice(): boolean;
}

interface TfjsNodeBackend {
  new (binding: Binding, packageName: string): tf.KernelBackend;
}

const require = createRequire(import.meta.url);
const packageName = "@tensorflow/tfjs-node-gpu";

/**
 * Loads TensorFlow's library and registers its kernels with tfjs. Only once per process, because the library stays loaded.
 *
 * @param addon file of the addon
 * @param gpu number of the GPU, if one is used
 */
export function loadTensorflow(addon: string, gpu: number | null): { binding: Binding; create(): tf.KernelBackend } {
  // TensorFlow must not take all of the GPU's memory at once, because we measure it
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
  // float32 matrix products, as on the other devices; TensorFlow would round their operands to TF32
  process.env.NVIDIA_TF32_OVERRIDE ??= "0";
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
  if (gpu !== null) process.env.CUDA_VISIBLE_DEVICES ??= String(gpu);
  restoreUtilities();
  const binding = require(addon) as Binding;
  const { NodeJSKernelBackend } = require(`${packageName}/dist/nodejs_kernel_backend`) as {
    NodeJSKernelBackend: TfjsNodeBackend;
  };
  require(`${packageName}/dist/register_all_kernels`);
  return { binding, create: () => new NodeJSKernelBackend(binding, packageName) };
}

/** tfjs-node 4.22 calls two functions of `util` that Node.js 23 removed or deprecated. */
export function restoreUtilities(util: Record<string, unknown> = require("node:util")): void {
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}
