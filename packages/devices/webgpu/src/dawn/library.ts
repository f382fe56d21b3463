/// <reference types="@webgpu/types" />
import { DeviceError } from "@petl/tensor";

/** Dawn as npm's `webgpu` exposes it. */
interface DawnModule {
  create(flags: string[]): GPU;
  readonly globals: object;
}

/** Dawn, loaded. */
export interface Dawn {
  /** A `navigator.gpu` with Dawn's own flags, such as `adapter=NAME`. */
  create(flags: readonly string[]): GPU;
}

/** GPU objects by flags, kept for the life of the process: their adapters and devices crash if they are collected. */
const gpus = new Map<string, GPU>();

/**
 * Loads npm's `webgpu`, an optional dependency, and puts the interfaces that tfjs looks for (`GPUBuffer`, ...) on `globalThis`.
 *
 * @throws DeviceError E_DEVICE_UNUSABLE if it is not installed or does not load
 */
export async function loadDawn(): Promise<Dawn> {
  process.env.NODEVICE_SELECT ??= "1"; // Mesa's layer that sorts adapters complains without a desktop
  let dawn: DawnModule;
  try {
    dawn = (await import("webgpu")) as DawnModule;
  } catch (cause) {
    const [reason = ""] = (cause as Error).message.split("\n");
    throw new DeviceError(
      "E_DEVICE_UNUSABLE",
      `webgpu: expected npm's package "webgpu" (Dawn) to load, got: ${reason}; install with optional dependencies`,
    );
  }
  Object.assign(globalThis, dawn.globals);
  return {
    create(flags) {
      const key = flags.join(" ");
      const gpu = gpus.get(key) ?? dawn.create([...flags]);
      gpus.set(key, gpu);
      return gpu;
    },
  };
}

/** tfjs's backend requires `navigator.gpu`, although it is given its device. */
export function exposeGpu(gpu: GPU): void {
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) host.navigator = {};
  Object.defineProperty(host.navigator, "gpu", { value: gpu, configurable: true });
}
