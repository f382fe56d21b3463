import cpu from "@petl/device-cpu";
import webgpu from "@petl/device-webgpu";
import type { Device, DeviceOptions, DeviceProvider, Tensor } from "@petl/tensor";

/** A device as tests open it. */
interface TestedDevice {
  readonly name: string;
  readonly open: () => Promise<Device>;
}

const candidates: readonly (readonly [provider: DeviceProvider, options: DeviceOptions])[] = [
  [webgpu, {}],
  ...(process.env.PETL_SOFTWARE_GPU === "1" ? [[webgpu, { gpu: "software" }] as const] : []), // many minutes, so asked for
];

/** What every device is compared with. */
export const reference: TestedDevice = { name: "cpu", open: () => cpu.open({ kernels: "wasm" }) };

/** The other devices that can be used here: a GPU where there is one, else one that the CPU emulates. Says which are left out. */
export async function otherDevices(): Promise<TestedDevice[]> {
  if (candidates.length === 1) console.warn("an emulated GPU is not tested; PETL_SOFTWARE_GPU=1 asks for it");
  const devices = new Map<string, TestedDevice>();
  for (const [provider, options] of candidates) {
    const { usable, reason } = await provider.probe(options);
    if (!usable) console.warn(`${provider.name} ${JSON.stringify(options)} is not tested here: ${reason}`);
    else if (!devices.has(provider.name))
      devices.set(provider.name, { name: provider.name, open: () => provider.open(options) });
  }
  return [...devices.values()];
}

/** Values of tensors by name. */
export type Values = Readonly<Record<string, Float32Array>>;

/** Reads tensors, which stay as they are. */
export async function valuesOf(tensors: Readonly<Record<string, Tensor>>): Promise<Values> {
  const values: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(tensors)) values[name] = Float32Array.from(await tensor.data());
  return values;
}

/** Largest difference of two tensors, relative to the largest value expected; `floor` where all of those are smaller. */
export function difference(actual: Float32Array | undefined, expected: Float32Array, floor = 1e-30): number {
  if (actual?.length !== expected.length) return Number.NaN;
  let [largest, top] = [0, floor];
  for (let index = 0; index < expected.length; index++) {
    const distance = Math.abs(actual[index]! - expected[index]!);
    if (!(distance <= largest)) largest = distance; // NaN wins
    top = Math.max(top, Math.abs(expected[index]!));
  }
  return largest / top;
}
