import { type tf, unknownStorage } from "@petl/tensor";
import { readStored, type StoredWeight } from "@petl/weight-formats";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type TfjsModule, tfjsWasm } from "./tfjs-module.js";

type TensorData = Parameters<BackendWasm["dataIdMap"]["set"]>[1];

/**
 * tfjs's backend, and weights that are stored in few bits. Those lie outside the WebAssembly heap, whose 4 GiB they do not count
 * in; a kernel widens them on the heap piece by piece.
 */
export class CpuBackend extends tfjsWasm.BackendWasm {
  readonly #stored = new Map<object, StoredWeight>();

  constructor(module: TfjsModule) {
    super(module);
  }

  /** Takes a weight; its bytes are the backend's from now on. */
  store(weight: StoredWeight): tf.TensorInfo {
    const dataId = {};
    this.#stored.set(dataId, weight);
    this.dataIdMap.set(dataId, guard(weight));
    return { dataId, shape: [...weight.shape], dtype: "float32" };
  }

  /** The weight behind a tensor that is stored in few bits; undefined for any other. */
  storedWeight(dataId: object): StoredWeight | undefined {
    return this.#stored.get(dataId);
  }

  override readSync(dataId: object, start?: number, end?: number): tf.backend_util.BackendValues {
    const weight = this.#stored.get(dataId);
    return weight === undefined ? super.readSync(dataId, start, end) : readStored(weight).slice(start ?? 0, end);
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#stored.has(dataId)) return super.disposeData(dataId, force);
    const data = this.dataIdMap.get(dataId);
    data.refCount--;
    if (data.refCount > 0 && !force) return false;
    this.#stored.delete(dataId);
    this.dataIdMap.delete(dataId);
    return true;
  }
}

/** Stands for a stored weight among tfjs's tensors: a kernel that looks for values on the heap fails with a reason. */
function guard({ format, shape }: StoredWeight): TensorData {
  const refuse = (): never => {
    throw unknownStorage("cpu", { format, shape });
  };
  const data = { refCount: 1, shape: [...shape], dtype: "float32" as const };
  return Object.defineProperties(data, {
    id: { get: refuse },
    memoryOffset: { get: refuse },
  }) as TensorData;
}
