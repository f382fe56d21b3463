import { createRequire } from "node:module";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { BufferPool } from "./dawn/buffer-pool.js";
import type { Failures } from "./dawn/failures.js";
import { guardStored } from "./stored.js";

/** Private parts of tfjs's backend that our kernels need; its version is pinned. */
export interface BackendInternals {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  activeTimers: { name: string; query: Promise<number> }[] | null | undefined;
  querySet: GPUQuerySet | null;
  querySetCount: number;
  uniformPendingDisposal: GPUBuffer[];
}

/** tfjs's module: loading it registers its kernels. */
function loadTfjsWebgpu(): typeof import("@tensorflow/tfjs-backend-webgpu") {
  return createRequire(import.meta.url)("@tensorflow/tfjs-backend-webgpu");
}

/** tfjs's backend on a device, with our buffers; reads throw earlier failures. */
export function createBackend(device: GPUDevice, info: GPUAdapterInfo, failures: Failures): WebGPUBackend {
  const { WebGPUBackend: Backend } = loadTfjsWebgpu();
  const backend = new Backend(device, info);
  backend.bufferManager = new BufferPool(device) as unknown as WebGPUBackend["bufferManager"];
  guardStored(backend);

  const { read, runWebGPUProgram } = backend;
  backend.read = async function (dataId) {
    failures.throwIfFailed();
    const values = await read.call(this, dataId).catch((error) => failures.explain(error));
    await failures.check();
    return values;
  };
  backend.readSync = function (dataId) {
    const { values } = this.tensorMap.get(dataId);
    if (values != null) return values;
    throw new Error("webgpu: values of a GPU cannot be read synchronously; use data() in place of dataSync()");
  };
  backend.runWebGPUProgram = function (...parameters) {
    failures.throwIfFailed();
    return runWebGPUProgram.apply(this, parameters);
  };
  return backend;
}

/** The private side of a backend. */
export const internals = (backend: WebGPUBackend): BackendInternals => backend as unknown as BackendInternals;

/** The buffers of a backend. */
export const poolOf = (backend: WebGPUBackend): BufferPool => backend.bufferManager as unknown as BufferPool;
