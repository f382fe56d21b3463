import { DeviceError } from "@petl/tensor";

/** Error filters of WebGPU and what each means here. */
const filters = {
  validation: "E_DEVICE_LOST",
  internal: "E_DEVICE_LOST",
  "out-of-memory": "E_DEVICE_MEMORY",
} as const;
const filterNames = Object.keys(filters) as GPUErrorFilter[];

/**
 * Turns errors of a device, which WebGPU only reports aside while results become garbage, into throws.
 *
 * Every call is made inside error scopes; `check` closes them, waits for what they caught, and opens new ones.
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

  /** Throws what is known to have failed. Costs nothing; to be called before work is submitted. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** Waits for the device's word on all calls so far, and throws the first error. */
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

  /** Marks the device as failed; `cause` is what a waiting call was told. */
  async explain(cause: unknown): Promise<never> {
    await new Promise((resolve) => setImmediate(resolve)); // the word of the loss may be under way
    this.#failure ??= new DeviceError("E_DEVICE_LOST", `webgpu: ${(cause as Error).message}`);
    throw this.#failure;
  }

  /** From now on the device's end is no loss. */
  close(): void {
    this.#closing = true;
  }
}
