import { DeviceError } from "@petl/tensor";

/** WebGPU's error filters and our error code for each. */
const filters = {
  validation: "E_DEVICE_LOST",
  internal: "E_DEVICE_LOST",
  "out-of-memory": "E_DEVICE_MEMORY",
} as const;
const filterNames = Object.keys(filters) as GPUErrorFilter[];

/**
 * Throws a device's errors. WebGPU only reports them asynchronously, while results become garbage.
 *
 * Every call runs inside error scopes; `check` closes them, waits for their errors, and opens new ones.
 */
export class Failures {
  #failure: DeviceError | null = null;
  #closing = false;

  constructor(private readonly device: GPUDevice) {
    void device.lost.then(({ message }) => {
      if (!this.#closing)
        this.#failure ??= new DeviceError("E_DEVICE_LOST", `webgpu: the GPU was lost: ${message || "no reason given"}`);
    });
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#failure ??= new DeviceError("E_DEVICE_LOST", `webgpu: ${event.error.message}`);
    });
    this.#open();
  }

  #open(): void {
    for (const filter of filterNames) this.device.pushErrorScope(filter);
  }

  /** Throws known failures. Costs nothing; call it before submitting work. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Waits until the device has reported on all calls so far, and throws the first error. */
  async check(): Promise<void> {
    this.throwIfFailed();
    const caught = [...filterNames].reverse().map(async (filter) => ({
      filter,
      error: await this.device.popErrorScope().catch((error: Error) => error),
    }));
    this.#open();
    const errors = (await Promise.all(caught)).filter(({ error }) => error !== null);
    this.throwIfFailed(); // a loss explains the errors that follow from it
    const [first] = errors;
    if (first === undefined) return;
    this.#failure = new DeviceError(filters[first.filter], `webgpu: ${first.filter} error: ${first.error!.message}`);
    throw this.#failure;
  }

  /** Marks the device as failed; `cause` is the error of a waiting call. */
  async explain(cause: unknown): Promise<never> {
    await new Promise((resolve) => setImmediate(resolve)); // the loss may not have been reported yet
    this.#failure ??= new DeviceError("E_DEVICE_LOST", `webgpu: ${(cause as Error).message}`);
    throw this.#failure;
  }

  /** From now on, the end of the device is not a loss. */
  close(): void {
    this.#closing = true;
  }
}
