import { DeviceError } from "@petl/tensor";
import type { Dawn } from "./library.js";

/** An adapter as Dawn lists it. */
export interface AdapterName {
  /** "vulkan", "metal", "d3d12" */
  readonly backend: string;
  readonly name: string;
}

/** An adapter that can open a device, and the GPU object that must outlive it. */
export interface ChosenAdapter {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  readonly name: string;
}

/** The n-th hardware adapter, or a software one. */
export type AdapterChoice = number | "software";

/** All adapters, in Dawn's order. Dawn has no list, but its error for an unknown name lists them all. */
export async function listAdapters(dawn: Dawn): Promise<AdapterName[]> {
  const absent = `adapter=there is no adapter of this name ${process.pid}`;
  try {
    const found = await dawn.create([absent]).requestAdapter();
    return found === null ? [] : [{ backend: "unknown", name: found.info.description }];
  } catch (error) {
    const lines = [...(error as Error).message.matchAll(/^ \* backend: '([^']*)', name: '(.*)'$/gm)];
    return lines.map(([, backend = "", name = ""]) => ({ backend, name }));
  }
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;

/** Whether an adapter computes on the CPU. */
function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || softwareNames.test(`${info.architecture} ${info.device} ${info.description}`);
}

/** Hardware adapters, judged by their names. */
export const hardwareOnly = (found: readonly AdapterName[]): AdapterName[] =>
  found.filter(({ name }) => !softwareNames.test(name));

/** The chosen adapter, if there is one. */
export const adapterOf = (found: readonly AdapterName[], choice: AdapterChoice): AdapterName | undefined =>
  choice === "software" ? found.find(({ name }) => softwareNames.test(name)) : hardwareOnly(found)[choice];

/**
 * Opens the chosen adapter.
 *
 * @throws DeviceError E_DEVICE_UNUSABLE if there is none, with a list of those there are
 */
export async function openAdapter(
  dawn: Dawn,
  choice: AdapterChoice,
  options: AdapterOptions = {},
): Promise<ChosenAdapter> {
  const all = await listAdapters(dawn);
  const wanted = adapterOf(all, choice);
  if (wanted === undefined) throw unusable(whyNone(all, choice));
  const before = all.slice(0, all.indexOf(wanted)).find(({ name }) => name.includes(wanted.name));
  if (before !== undefined) {
    // Dawn takes the first adapter whose name contains the wanted one
    throw unusable(
      `cannot tell GPU ${choice} ("${wanted.name}") from an earlier one by name; show this process only that GPU (NVIDIA_VISIBLE_DEVICES in a container)`,
    );
  }
  const { gpu, adapter } = await requestAdapter(dawn, wanted, options);
  if (choice !== "software" && isSoftware(adapter.info)) throw unusable(whyNone([wanted], choice));
  return { gpu, adapter, name: wanted.name };
}

/** Whether Dawn shows what it calls unsafe: matrix units among it. */
export interface AdapterOptions {
  readonly unsafe?: boolean;
}

/** GPU times in nanoseconds; Dawn would round them to 65 microseconds, more than most kernels take. */
const exactTimestamps = "disable-dawn-features=timestamp_quantization";
const unsafeFlag = "enable-dawn-features=allow_unsafe_apis";

/** Asks for an adapter that Dawn has listed. @throws DeviceError E_DEVICE_UNUSABLE */
export async function requestAdapter(
  dawn: Dawn,
  { backend, name }: AdapterName,
  { unsafe = false }: AdapterOptions = {},
): Promise<Pick<ChosenAdapter, "gpu" | "adapter">> {
  const gpu = dawn.create([`backend=${backend}`, `adapter=${name}`, exactTimestamps, ...(unsafe ? [unsafeFlag] : [])]);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch((error: Error) => {
    throw unusable(`${name} refused: ${error.message.split("\n")[0]}`);
  });
  if (adapter === null) throw unusable(`${name} gave no adapter`);
  return { gpu, adapter };
}

/** Why no adapter matches a choice, and what to do. */
export function whyNone(found: readonly AdapterName[], choice: AdapterChoice): string {
  if (found.length === 0) {
    if (choice === "software")
      return "no software adapter: install Debian's chromium, which brings SwiftShader, or name its file in VK_ICD_FILENAMES";
    return "no adapter found: on Linux a GPU needs its Vulkan driver and the loader libvulkan.so.1 (Debian: libvulkan1)";
  }
  const names = found.map(({ backend, name }) => `${name} (${backend})`).join(", ");
  if (choice === "software") return `no software adapter among ${names}`;
  const hardware = hardwareOnly(found);
  if (hardware.length > 0) return `expected a GPU number below ${hardware.length}, got ${choice}; there are ${names}`;
  return `only software renderers: ${names}; a GPU needs its Vulkan driver (for tests, --gpu software runs on the CPU)`;
}

const unusable = (message: string): DeviceError => new DeviceError("E_DEVICE_UNUSABLE", `webgpu: ${message}`);
