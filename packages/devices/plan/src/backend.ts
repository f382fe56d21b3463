import { DeviceError, tf } from "@petl/tensor";

/**
 * A tfjs backend whose buffers are only counted references: it stores nothing, and nothing can be read.
 *
 * The engine counts bytes on it as on any other backend.
 */
export class PlanBackend extends tf.KernelBackend {
  readonly #references = new Map<object, number>();

  /** A buffer without values. */
  allocate(): object {
    const dataId = {};
    this.#references.set(dataId, 1);
    return dataId;
  }

  override write(): object {
    return this.allocate();
  }

  override move(
    dataId: object,
    _values: tf.backend_util.BackendValues,
    _shape: number[],
    _dtype: tf.DataType,
    references: number,
  ): void {
    this.#references.set(dataId, references);
  }

  override read(): Promise<tf.backend_util.BackendValues> {
    return Promise.reject(noValues());
  }

  override readSync(): tf.backend_util.BackendValues {
    throw noValues();
  }

  override refCount(dataId: object): number {
    return this.#references.get(dataId) ?? 0;
  }

  override incRef(dataId: object): void {
    this.#references.set(dataId, this.refCount(dataId) + 1);
  }

  override disposeData(dataId: object, force = false): boolean {
    const left = this.refCount(dataId) - 1;
    if (left > 0 && !force) {
      this.#references.set(dataId, left);
      return false;
    }
    this.#references.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#references.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.#references.clear();
  }
}

const noValues = (): DeviceError =>
  new DeviceError(
    "E_DEVICE_UNUSABLE",
    "plan: expected an operation on shapes, got a read of values; the plan device has no values, so use another device",
  );
