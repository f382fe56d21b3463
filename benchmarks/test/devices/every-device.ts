import cpu from "@petl/device-cpu";
import node from "@petl/device-node";
import webgpu from "@petl/device-webgpu";
import type { Device, DeviceOptions, DeviceProvider, Precision, Tensor } from "@petl/tensor";

/** A device as tests open it. */
interface TestedDevice {
  readonly name: string;
  /** Whether the CPU emulates it: right, and slow. */
  readonly emulated: boolean;
  /** Largest difference from the reference, of the largest value of a tensor. */
  readonly tolerance: number;
  readonly open: () => Promise<Device>;
}

/** What products in half precision may change; three of them count as float32. */
const tolerances: Readonly<Record<Precision, number>> = { f32: 1e-4, f32x3: 1e-4, f16: 1e-2 };

type Candidate = readonly [provider: DeviceProvider, options: DeviceOptions];
const candidates: readonly Candidate[] = [
  [cpu, {}],
  [node, {}],
  [webgpu, {}],
  [webgpu, { gpu: "software" }],
  [webgpu, { precision: "f32x3" }],
  [webgpu, { precision: "f16" }],
  // of emulated GPUs, Mesa's llvmpipe has these, and compiles minutes for them
  ...(process.env.PETL_SOFTWARE_GPU === "1" ? (["f32x3", "f16"] as const) : []).map(
    (precision): Candidate => [webgpu, { gpu: "software", precision }],
  ),
];

/** What every device is compared with: the CPU device's own kernels, whose results do not depend on the host. */
export const reference: TestedDevice = {
  name: "cpu",
  emulated: false,
  tolerance: tolerances.f32,
  open: () => cpu.open({ kernels: "wasm" }),
};

/**
 * The devices that can be used here, a GPU that the CPU emulates where there is no other. Says which are left out.
 */
export async function everyDevice(): Promise<TestedDevice[]> {
  const devices = new Map<string, TestedDevice>();
  for (const [provider, options] of candidates) {
    const { precision = "f32" } = options;
    const name = precision === "f32" ? provider.name : `${provider.name} ${precision}`;
    if (devices.has(name)) continue;
    const { usable, reason } = await provider.probe(options);
    const emulated = options.gpu === "software";
    const tolerance = tolerances[precision];
    if (usable) devices.set(name, { name, emulated, tolerance, open: () => provider.open(options) });
    else console.warn(`not tested here: ${provider.name} ${JSON.stringify(options)}: ${reason}`);
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
