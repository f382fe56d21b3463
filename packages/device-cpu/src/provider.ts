import { availableParallelism } from "node:os";
import { type Device, DeviceError, type DeviceOptions, type DeviceProvider, tf } from "@petl/tensor";
import { registerKernels } from "./kernels/context.js";
import { cpuKernels } from "./kernels/index.js";
import { type KernelBuild, supports } from "./wasm/kernel-build.js";
import { KernelRunner } from "./wasm/runner.js";
import { startTfjsModule, tfjsWasm } from "./wasm/tfjs-module.js";

/** Options of the CPU device. */
export interface CpuDeviceOptions extends DeviceOptions {
  /** `simd` leaves relaxed SIMD out; `auto` and `wasm` take the fastest WebAssembly build that runs here (default `auto`). */
  readonly kernels?: "auto" | "wasm" | "simd";
}

/** The build to run, or null where the host runs none. */
function chooseBuild(kernels: CpuDeviceOptions["kernels"]): KernelBuild | null {
  if (kernels !== "simd" && supports("relaxed")) return "relaxed";
  return supports("simd") ? "simd" : null;
}

/** `DeviceProvider` with this device's own options. */
export interface CpuDeviceProvider extends Omit<DeviceProvider, "open"> {
  open(options?: CpuDeviceOptions): Promise<Device>;
}

const backendName = "wasm";
const unusable = "this Node.js does not run WebAssembly SIMD with threads; use Node.js 20.19 or newer";

/**
 * The CPU device: tfjs's wasm backend with this package's own WebAssembly kernels on its heap, so nothing is copied.
 *
 * It becomes the current tfjs backend. One is open at a time in a process.
 */
export const cpu: CpuDeviceProvider = {
  name: "cpu",

  async probe() {
    try {
      const build = chooseBuild("auto");
      if (build === null) return { usable: false, reason: unusable };
      return { usable: true, reason: `WebAssembly, ${build} SIMD` };
    } catch (error) {
      return { usable: false, reason: (error as Error).message };
    }
  },

  async open({ threads = availableParallelism(), kernels = "auto" } = {}) {
    if (!Number.isInteger(threads) || threads < 1) {
      throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: expected threads to be a positive integer, got ${threads}`);
    }
    if (isOpen) throw new DeviceError("E_DEVICE_BUSY", "cpu: already open in this process; close it first");
    const build = chooseBuild(kernels);
    if (build === null) throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: ${unusable}`);
    isOpen = true;
    try {
      return await start(build, threads);
    } catch (error) {
      isOpen = false;
      if (error instanceof DeviceError) throw error;
      throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: tfjs's wasm backend did not start: ${String(error)}`);
    }
  },
};

let isOpen = false;

async function start(build: KernelBuild, threads: number): Promise<Device> {
  const module = await startTfjsModule();
  tfjsWasm.setThreadsCount(1);
  if (tf.findBackendFactory(backendName) != null) tf.removeBackend(backendName); // tfjs's package registers its own
  const runner = new KernelRunner(module, { build, threads });
  await runner.ready();
  tf.registerBackend(backendName, () => new tfjsWasm.BackendWasm(module), 10);
  if (!(await tf.setBackend(backendName))) throw new Error("tf.setBackend refused it");
  const kernels = cpuKernels();
  const unregister = registerKernels(runner, kernels);
  return {
    name: "cpu",
    details: {
      backend: backendName,
      tfjs: tf.version_core,
      tfjsWasm: tfjsWasm.version_wasm,
      simd: build,
      threads,
      kernels: Object.keys(kernels),
    },
    async synchronize() {}, // every kernel has finished when it returns
    async close() {
      if (!isOpen) return;
      isOpen = false;
      unregister();
      await runner.close();
      tf.removeBackend(backendName);
    },
  };
}
