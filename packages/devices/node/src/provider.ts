import { existsSync } from "node:fs";
import { type Device, DeviceError, type DeviceOptions, type DeviceProvider, refusedPrecision, tf } from "@petl/tensor";
import { loadTensorflow } from "./backend.js";
import { findNative, type Native, setUpCommand } from "./native.js";

const backendName = "tensorflow";
let isOpen = false;

/** Order for `auto`: CUDA before the CPU device, TensorFlow on a CPU after it. */
const preferences = { gpu: 15, cpu: 5 } as const;

/**
 * TensorFlow's kernels through tfjs-node's addon, on a CUDA GPU or on the CPU, as `setup.mjs` set it up.
 *
 * It becomes the current tfjs backend. A process can have only one open at a time.
 * Fused operations are composed of TensorFlow's operations.
 */
export const node: DeviceProvider = {
  name: "node",
  get runsOn() {
    return findNative().native?.variant === "gpu" ? "gpu" : "host";
  },
  get preference() {
    return preferences[findNative().native?.variant ?? "cpu"];
  },

  async probe({ gpu, precision } = {}) {
    const { native, reason } = usableNative(gpu, precision);
    if (native === null) return { usable: false, reason };
    const where = native.variant === "gpu" ? `CUDA GPU ${gpu ?? 0}` : "CPU";
    return { usable: true, reason: `TensorFlow ${native.tensorflow} on the ${where}, through tfjs-node` };
  },

  async open(options = {}) {
    if (isOpen) throw new DeviceError("E_DEVICE_BUSY", "node: already open in this process; close it first");
    const { native, reason } = usableNative(options.gpu, options.precision);
    if (native === null) throw unusable(reason);
    isOpen = true;
    try {
      return await start(native, options);
    } catch (error) {
      isOpen = false;
      if (error instanceof DeviceError) throw error;
      throw unusable(`TensorFlow did not start: ${(error as Error).message}`);
    }
  },
};

/** The set-up, or why it cannot be used here, without loading it. */
function usableNative(gpu: DeviceOptions["gpu"], precision: DeviceOptions["precision"]): ReturnType<typeof findNative> {
  const found = findNative();
  if (found.native === null) return found;
  const refused = refusedPrecision(precision);
  if (refused !== null) return { native: null, reason: refused };
  if (gpu === "software") return { native: null, reason: "it cannot emulate a GPU; use --device webgpu" };
  if (found.native.variant === "cpu" && gpu !== undefined)
    return { native: null, reason: `TensorFlow was set up for the CPU, so no GPU can be chosen, got --gpu ${gpu}` };
  const isBare = process.platform === "linux" && !existsSync("/dev/nvidiactl") && !existsSync("/dev/dxg");
  if (found.native.variant === "cpu" || !isBare) return found;
  const remedy = `for TensorFlow on the CPU run ${setUpCommand()} --cpu`;
  return {
    native: null,
    reason: `TensorFlow was set up for CUDA, but Linux shows no NVIDIA GPU (/dev/nvidiactl); ${remedy}`,
  };
}

async function start(native: Native, { gpu, threads }: DeviceOptions): Promise<Device> {
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  const onGpu = native.variant === "gpu";
  const { binding, create } = loadTensorflow(native.addon, onGpu && typeof gpu === "number" ? gpu : null);
  if (onGpu && !binding.isUsingGpuDevice())
    throw unusable(
      `TensorFlow sees no GPU (its messages above say why); install an NVIDIA driver for CUDA 12, or run ${setUpCommand()} --cpu`,
    );
  if (tf.findBackendFactory(backendName) != null) tf.removeBackend(backendName);
  tf.registerBackend(backendName, create, 0);
  if (!(await tf.setBackend(backendName))) throw new Error("tf.setBackend refused it");
  return {
    name: "node",
    details: {
      backend: backendName,
      tfjs: tf.version_core,
      tensorflow: binding.TF_Version,
      variant: native.variant,
      threads: threads ?? null,
      tf32: process.env.NVIDIA_TF32_OVERRIDE !== "0",
      memoryGrowth: process.env.TF_FORCE_GPU_ALLOW_GROWTH === "true",
    },
    async synchronize() {
      // operations run in order, so reading the last one waits for all
      const one = tf.tidy(() => tf.add(tf.scalar(0), tf.scalar(1)));
      await one.data();
      one.dispose();
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      tf.removeBackend(backendName);
    },
  };
}

const unusable = (message: string): DeviceError => new DeviceError("E_DEVICE_UNUSABLE", `node: ${message}`);
