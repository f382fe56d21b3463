/** A place to compute, opened: its tfjs backend is the current one. */
export interface Device {
  /** "cpu", "webgpu", ... */
  readonly name: string;
  /** What a record keeps about it: backend, versions, threads, kernels. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Waits until everything submitted has been computed. */
  synchronize(): Promise<void>;
  /**
   * Bytes of the device's own buffers, freed ones that are kept for use again included: now, and the most since it was
   * opened. Absent where the device cannot say; tensors alone are counted by `liveBytes`.
   */
  bufferBytes?(): { readonly live: number; readonly peak: number };
  /**
   * Whether it computes with numbers of so small a range (float16) that small gradients become zero unless the loss is scaled up; absent:
   * it does not. It must not change while the device is open.
   */
  readonly needsLossScaling?: boolean;
  /** Frees workers and memory; the process can end. */
  close(): Promise<void>;
}

/** Which kernels the CPU may compute with (`@petl/device-cpu`). */
export const cpuKernelNames = ["auto", "blas", "wasm", "simd"] as const;
export type CpuKernels = (typeof cpuKernelNames)[number];

/**
 * What matrix products are computed from, with sums in float32: float32 numbers; numbers rounded to half precision; or each number as the sum
 * of two in half precision, in three products. Tensors are float32 in all.
 */
export const precisionNames = ["f32", "f16", "f32x3"] as const;
export type Precision = (typeof precisionNames)[number];

/** What one GPU has for matrix products. */
export interface GpuFacts {
  readonly name: string;
  /** Such as `shader-f16` and the sizes of its matrix units. */
  readonly features: readonly string[];
  /** Whether a device on it would open with each precision, and how it would compute, or why not. */
  readonly precisions: readonly { readonly name: Precision; readonly usable: boolean; readonly reason: string }[];
}

export interface DeviceOptions {
  /** Threads to compute with; default: what the machine has, as far as the device can use them. */
  readonly threads?: number;
  /** Which kernels the CPU computes with (`@petl/device-cpu`); other devices leave it aside. */
  readonly kernels?: CpuKernels;
  /** Which GPU, counted from 0, or `software`: one that the CPU emulates, for tests. Devices on the CPU refuse it. */
  readonly gpu?: number | "software";
  /** Default `f32`. Devices that compute in float32 only refuse any other. */
  readonly precision?: Precision;
}

/** Why a device that computes in float32 only refuses a precision; null if it does not. */
export function refusedPrecision(precision: Precision = "f32"): string | null {
  if (precision === "f32") return null;
  return `it computes in float32, so expected --precision f32, got ${precision}; leave out --precision or use --device webgpu`;
}

/** What a device package exports by default. A package `@petl/device-NAME` is found by its name, as methods are. */
export interface DeviceProvider {
  readonly name: string;
  /** Where it computes, so what has to be watched for energy and memory; absent: on a GPU. */
  readonly runsOn?: "host" | "gpu";
  /** Of the devices that can be used, `auto` takes the one with the highest number; one without is never taken. */
  readonly preference?: number;
  /** Whether `open` would work here with these options, and why not. Starts nothing heavy. */
  probe(options?: DeviceOptions): Promise<{ readonly usable: boolean; readonly reason: string }>;
  /** The GPUs that it finds, emulated ones among them; absent or empty where it has none. */
  gpus?(): Promise<readonly GpuFacts[]>;
  /** @throws DeviceError where the device cannot be used. */
  open(options?: DeviceOptions): Promise<Device>;
}

/** A device is missing, busy, lost or out of memory. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
  constructor(
    readonly code: "E_DEVICE_UNUSABLE" | "E_DEVICE_BUSY" | "E_DEVICE_LOST" | "E_DEVICE_MEMORY",
    message: string,
  ) {
    super(message);
  }
}
