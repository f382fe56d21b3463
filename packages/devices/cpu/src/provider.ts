import { availableParallelism } from "node:os";
import {
  type CpuKernels,
  cpuKernelNames,
  type Device,
  DeviceError,
  type DeviceOptions,
  type DeviceProvider,
  refusedPrecision,
  tf,
} from "@petl/tensor";
import { type BlasLibrary, findBlas } from "./blas/library.js";
import { registerKernels } from "./kernels/context.js";
import { cpuKernels } from "./kernels/index.js";
import { CpuBackend } from "./wasm/backend.js";
import { digestOf, type KernelBuild, supports } from "./wasm/kernel-build.js";
import { KernelRunner } from "./wasm/runner.js";
import { startTfjsModule, tfjsWasm } from "./wasm/tfjs-module.js";

/** Options of the CPU device. */
export interface CpuDeviceOptions extends DeviceOptions {
  /**
   * Default `auto`: matrix products by the host's BLAS if there is one, else as `wasm`. `blas`: the same, required.
   * `wasm`: the fastest WebAssembly build that runs here. `simd`: without relaxed SIMD.
   */
  readonly kernels?: CpuKernels;
}

/** The build to run; null if the host can run none. */
function chooseBuild(kernels: CpuDeviceOptions["kernels"]): KernelBuild | null {
  if (kernels !== "simd" && supports("relaxed")) return "relaxed";
  return supports("simd") ? "simd" : null;
}

const describe = ({ name, file, version }: BlasLibrary): string =>
  `${name} (${file}${version === null ? "" : `, ${version}`})`;

/** `DeviceProvider` with this device's own options. */
export interface CpuDeviceProvider extends Omit<DeviceProvider, "open"> {
  open(options?: CpuDeviceOptions): Promise<Device>;
}

const backendName = "wasm";
const noGpus = (gpu: number | "software"): string =>
  `it has no GPU, so none can be chosen, got --gpu ${gpu}; leave out --gpu or use --device webgpu`;
const unusable = "this Node.js does not run WebAssembly SIMD with threads; use Node.js 20.19 or newer";

/**
 * The CPU device: tfjs's wasm backend with this package's own WebAssembly kernels on its heap, so nothing is copied.
 *
 * It becomes the current tfjs backend. A process can have only one open at a time.
 */
export const cpu: CpuDeviceProvider = {
  name: "cpu",
  runsOn: "host",
  preference: 10,

  async probe({ gpu, precision } = {}) {
    if (gpu !== undefined) return { usable: false, reason: noGpus(gpu) };
    const refused = refusedPrecision(precision);
    if (refused !== null) return { usable: false, reason: refused };
    try {
      const build = chooseBuild("auto");
      if (build === null) return { usable: false, reason: unusable };
      const blas = findBlas();
      const products = blas.library === null ? `no host BLAS: ${blas.reason}` : `host BLAS: ${describe(blas.library)}`;
      return { usable: true, reason: `WebAssembly, ${build} SIMD; ${products}` };
    } catch (error) {
      return { usable: false, reason: (error as Error).message };
    }
  },

  async open({ threads = availableParallelism(), kernels = "auto", gpu, precision } = {}) {
    if (gpu !== undefined) throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: ${noGpus(gpu)}`);
    const refused = refusedPrecision(precision);
    if (refused !== null) throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: ${refused}`);
    if (!Number.isInteger(threads) || threads < 1) {
      throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: expected threads to be a positive integer, got ${threads}`);
    }
    const most = mostThreads();
    if (threads > most) {
      const remedy = "more only wait for each other; pass a smaller number";
      throw new DeviceError(
        "E_DEVICE_UNUSABLE",
        `cpu: expected at most ${most} threads here, got ${threads}; ${remedy}`,
      );
    }
    if (!cpuKernelNames.includes(kernels)) {
      const expected = cpuKernelNames.join(", ");
      throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: expected kernels to be one of ${expected}, got "${kernels}"`);
    }
    if (isOpen) throw new DeviceError("E_DEVICE_BUSY", "cpu: already open in this process; close it first");
    const build = chooseBuild(kernels);
    if (build === null) throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: ${unusable}`);
    const blas = kernels === "auto" || kernels === "blas" ? findBlas() : { library: null, reason: "" };
    if (kernels === "blas" && blas.library === null) {
      const remedy = "install OpenBLAS, BLIS or MKL, or use kernels auto or wasm";
      throw new DeviceError(
        "E_DEVICE_UNUSABLE",
        `cpu: expected a BLAS of the host, got none: ${blas.reason}; ${remedy}`,
      );
    }
    isOpen = true;
    try {
      const device = await start(build, threads, blas.library);
      const absent = kernels === "auto" && blas.library === null ? { blasAbsent: blas.reason } : {};
      return { ...device, details: { ...device.details, ...absent } };
    } catch (error) {
      isOpen = false;
      if (error instanceof DeviceError) throw error;
      throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: tfjs's wasm backend did not start: ${String(error)}`);
    }
  },
};

/** Four threads a core, and enough on a small machine to try a larger one's setting; thousands never start. */
const mostThreads = (): number => Math.max(64, 4 * availableParallelism());

let isOpen = false;

async function start(build: KernelBuild, threads: number, blas: BlasLibrary | null): Promise<Device> {
  const module = await startTfjsModule();
  tfjsWasm.setThreadsCount(1);
  if (tf.findBackendFactory(backendName) != null) tf.removeBackend(backendName); // tfjs's package registers its own
  const runner = new KernelRunner(module, { build, threads, blas });
  await runner.ready();
  tf.registerBackend(backendName, () => new CpuBackend(module), 10);
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
      kernelsSha256: digestOf(build),
      threads,
      products: blas === null ? "wasm" : "blas",
      blas: blas === null ? null : describe(blas),
      /** Whether a row's result has the same bits in any batch and on any number of threads. */
      rowIndependent: blas === null,
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
