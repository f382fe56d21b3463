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

/** By their flags, for as long as the process lives: what came of a GPU object crashes when that is collected. */
const gpus = new Map<string, GPU>();

/**
 * Loads npm's `webgpu`, an optional dependency, and puts the interfaces that tfjs looks for (`GPUBuffer`, ...) on `globalThis`.
 *
 * @throws DeviceError E_DEVICE_UNUSABLE where it was not installed or does not load here
 */
export async function loadDawn(): Promise<Dawn> {
  process.env.NODEVICE_SELECT ??= "1"; // Mesa's layer that sorts adapters complains where there is no desktop
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

/** tfjs's backend asks for `navigator.gpu`, though it is handed its device. */
export function exposeGpu(gpu: GPU): void {
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) host.navigator = {};
  Object.defineProperty(host.navigator, "gpu", { value: gpu, configurable: true });
}
