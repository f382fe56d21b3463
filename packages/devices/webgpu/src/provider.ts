import {
  type Device,
  DeviceError,
  type DeviceOptions,
  type DeviceProvider,
  type GpuFacts,
  type Precision,
  precisionNames,
  tf,
} from "@petl/tensor";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { createBackend, internals, poolOf } from "./backend.js";
import {
  type AdapterChoice,
  type AdapterName,
  adapterOf,
  hardwareOnly,
  listAdapters,
  openAdapter,
  requestAdapter,
  whyNone,
} from "./dawn/adapter.js";
import { Failures } from "./dawn/failures.js";
import { mayHaveGpu, namesDriver, noGpu, useSoftwareDriver } from "./dawn/host.js";
import { type Dawn, exposeGpu, loadDawn } from "./dawn/library.js";
import { checkRounding } from "./kernels/half.js";
import { registerKernels } from "./kernels/index.js";
import { featuresOf, productFeatures } from "./kernels/product-features.js";
import { choosePath, nameOfUnit } from "./kernels/product-path.js";

/** A device that exposes its GPU. */
export interface WebGpuDevice extends Device {
  /** The WebGPU device. */
  readonly gpuDevice: GPUDevice;
}

/** `DeviceProvider` with this device's own type. */
export interface WebGpuProvider extends Omit<DeviceProvider, "open"> {
  open(options?: DeviceOptions): Promise<WebGpuDevice>;
}

const backendName = "webgpu";
let isOpen = false;

/**
 * A GPU through WebGPU: tfjs's webgpu backend on Dawn with this package's own WGSL kernels.
 *
 * It becomes the current tfjs backend. A process can have only one open at a time.
 */
export const webgpu: WebGpuProvider = {
  name: "webgpu",
  runsOn: "gpu",
  preference: 20,

  async probe({ gpu: choice = 0, precision = "f32" } = {}) {
    try {
      if (choice === "software") useSoftwareDriver();
      else if (!mayHaveGpu()) return { usable: false, reason: noGpu };
      const found = await listAdapters(await loadDawn());
      const chosen = adapterOf(found, choice);
      if (chosen === undefined) return { usable: false, reason: whyNone(found, choice) };
      const others = hardwareOnly(found).filter((adapter) => adapter !== chosen);
      if (precision !== "f32") {
        const opened = await openAdapter(await loadDawn(), choice, { unsafe: true });
        const { path, reason } = choosePath(precision, productFeatures(opened.adapter));
        if (path === null) return { usable: false, reason: refusal(opened.name, precision, reason) };
      }
      const more = others.length === 0 ? "" : `; also ${others.map(({ name }) => name).join(", ")} (--gpu)`;
      return { usable: true, reason: `${chosen.name} through Dawn's ${chosen.backend}${more}` };
    } catch (error) {
      return { usable: false, reason: (error as Error).message };
    }
  },

  async gpus() {
    if (!mayHaveGpu() && !namesDriver()) return [];
    const dawn = await loadDawn();
    const found = await listAdapters(dawn);
    const distinct = found.filter(({ name }, index) => found.findIndex((each) => each.name === name) === index);
    return Promise.all(distinct.map((each) => factsOf(dawn, each)));
  },

  async open({ gpu: choice = 0, precision = "f32" } = {}) {
    if (isOpen) throw new DeviceError("E_DEVICE_BUSY", "webgpu: already open in this process; close it first");
    isOpen = true;
    try {
      return await start(choice, precision);
    } catch (error) {
      isOpen = false;
      if (error instanceof DeviceError) throw error;
      throw new DeviceError("E_DEVICE_UNUSABLE", `webgpu: the device did not start: ${(error as Error).message}`);
    }
  },
};

/** Features that are used if the adapter has them. */
const wantedFeatures: readonly GPUFeatureName[] = ["timestamp-query"];
/** Limits that are raised to the adapter's. */
const raisedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
] as const;

const refusal = (adapter: string, precision: Precision, reason: string): string =>
  `${adapter} cannot compute with --precision ${precision}: ${reason}; use --precision f32`;

/** What an adapter has for matrix products. */
async function factsOf(dawn: Dawn, listed: AdapterName): Promise<GpuFacts> {
  const name = `${listed.name} (${listed.backend})`;
  const found = await requestAdapter(dawn, listed, { unsafe: true }).then(
    ({ adapter }) => productFeatures(adapter),
    (error: Error) => error,
  );
  if (found instanceof Error) {
    const reason = found.message;
    return { name, features: [], precisions: precisionNames.map((each) => ({ name: each, usable: false, reason })) };
  }
  const units = found.units.map((unit) => `${nameOfUnit(unit)} (f16 to f32, subgroups of ${unit.subgroup})`);
  return {
    name,
    features: [...(found.shaderF16 ? ["shader-f16"] : []), ...units],
    precisions: precisionNames.map((each) => {
      const choice = choosePath(each, found);
      const reason = choice.path === null ? choice.reason : choice.name;
      return { name: each, usable: choice.path !== null, reason };
    }),
  };
}

async function start(choice: AdapterChoice, precision: Precision): Promise<WebGpuDevice> {
  if (choice === "software") useSoftwareDriver();
  const isHalf = precision !== "f32";
  const { gpu, adapter, name } = await openAdapter(await loadDawn(), choice, { unsafe: isHalf });
  const forProducts = productFeatures(adapter);
  const products = choosePath(precision, forProducts);
  if (products.path === null)
    throw new DeviceError("E_DEVICE_UNUSABLE", `webgpu: ${refusal(name, precision, products.reason)}`);
  const features = [
    ...wantedFeatures.filter((feature) => adapter.features.has(feature)),
    ...(isHalf ? featuresOf(forProducts) : []),
  ];
  const limits = Object.fromEntries(raisedLimits.map((name) => [name, adapter.limits[name]]));
  const gpuDevice = await adapter.requestDevice({ requiredFeatures: features, requiredLimits: limits });
  exposeGpu(gpu);
  const failures = new Failures(gpuDevice);
  const backend = createBackend(gpuDevice, adapter.info, failures);
  tf.env().set("WEBGPU_CPU_FORWARD", false); // small tensors run on the GPU too
  if (tf.findBackendFactory(backendName) != null) tf.removeBackend(backendName);
  tf.registerBackend(backendName, () => backend, 0);
  if (!(await tf.setBackend(backendName))) throw new Error("tf.setBackend refused it");
  const { names, unregister } = registerKernels(backend, failures, products.path);
  if (isHalf) await checkRounding(backend, failures);
  const { vendor, architecture, description } = adapter.info;
  return {
    name: "webgpu",
    gpuDevice,
    needsLossScaling: isHalf,
    details: {
      backend: backendName,
      tfjs: tf.version_core,
      adapter: name,
      ...{ vendor, architecture, driver: description },
      software: choice === "software",
      ...{ precision, products: products.name, whyProducts: products.reason },
      timestamps: features.includes("timestamp-query"),
      limits,
      kernels: names,
    },
    synchronize: () => synchronize(backend, failures),
    bufferBytes: () => ({ live: poolOf(backend).numBytesAllocated, peak: poolOf(backend).peakBytes }),
    async close() {
      if (!isOpen) return;
      failures.close();
      await synchronize(backend, failures).catch(() => {}); // no work may be pending when buffers are destroyed
      unregister();
      tf.removeBackend(backendName); // disposes the buffers
      gpuDevice.destroy();
      isOpen = false;
    },
  };
}

/** Submits the recorded commands, waits until the GPU has run them, and throws failures. */
async function synchronize(backend: WebGPUBackend, failures: Failures): Promise<void> {
  failures.throwIfFailed();
  backend.endComputePassEncoder();
  if (internals(backend).commandEncoder !== null) backend.submitQueue();
  await backend.queue.onSubmittedWorkDone().catch((error) => failures.explain(error));
  await failures.check();
}
