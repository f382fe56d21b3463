import type { DeviceOptions, DeviceProvider, GpuFacts } from "@petl/tensor";
import { BenchError, firstLine } from "../errors.js";
import { nearMatch } from "./near-match.js";
import { importWithContract } from "./one-copy.js";
import { announce, type Found, findModule, packageNames } from "./packages.js";
import type { Places } from "./places.js";

export interface FoundDevice extends Found {
  readonly provider: DeviceProvider;
  /** Devices that `auto` prefers and why they cannot be used here. */
  readonly passedOver?: readonly { readonly name: string; readonly reason: string }[];
}

const prefix = "@petl/device-";

export interface DeviceWanted extends DeviceOptions {
  /** It is for another machine: whether it can be used on this one is not asked. */
  readonly isElsewhere?: boolean;
}

/**
 * Finds a device by its short name and checks that it can be used here with these options; `auto` is the preferred one of those
 * that can.
 *
 * @throws BenchError E_DEVICE_UNKNOWN (near match named), E_DEVICE_INVALID, E_DEVICE_UNUSABLE with the device's reason, or where auto is
 *   to choose for another machine; E_CODE_UNTRUSTED
 */
export async function loadDevice(
  wanted: string,
  places: Places,
  { isElsewhere = false, ...options }: DeviceWanted = {},
): Promise<FoundDevice> {
  if (wanted === "auto" && isElsewhere)
    throw new BenchError(
      "E_DEVICE_UNUSABLE",
      `device "auto": expected the device of the machines that will run it, got auto, which looks at this one; use --device ${deviceNames(places).join(" or ")}`,
    );
  if (wanted === "auto") return loadPreferred(places, options);
  const found = findModule(prefix + wanted, places) ?? (wanted.includes("/") ? findModule(wanted, places) : undefined);
  if (found === undefined) {
    const known = ["auto", ...deviceNames(places)];
    throw new BenchError(
      "E_DEVICE_UNKNOWN",
      `device "${wanted}": no such device; expected one of ${known.join(", ")}.${nearMatch(wanted, known)}`,
    );
  }
  const device = { ...found, provider: await importDevice(wanted, found, places) };
  if (isElsewhere) return device;
  const { usable, reason } = await device.provider.probe(options);
  if (usable) return device;
  throw new BenchError("E_DEVICE_UNUSABLE", `device "${wanted}" cannot be used here: ${reason}; see bench doctor`);
}

const deviceNames = (places: Places): string[] => packageNames(prefix, places).map((name) => name.slice(prefix.length));

async function loadPreferred(places: Places, options: DeviceOptions): Promise<FoundDevice> {
  const passedOver: { name: string; reason: string }[] = [];
  const candidates: FoundDevice[] = [];
  for (const packageName of packageNames(prefix, places)) {
    const name = packageName.slice(prefix.length);
    try {
      const found = findModule(packageName, places);
      if (found !== undefined) candidates.push({ ...found, provider: await importDevice(name, found, places) });
    } catch (error) {
      passedOver.push({ name, reason: firstLine(error) });
    }
  }
  const preference = ({ provider }: FoundDevice): number => provider.preference ?? Number.NEGATIVE_INFINITY;
  for (const device of candidates.sort((a, b) => preference(b) - preference(a))) {
    if (device.provider.preference === undefined) break;
    const { usable, reason } = await device.provider.probe(options);
    if (usable) return { ...device, passedOver };
    passedOver.push({ name: device.provider.name, reason });
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new BenchError("E_DEVICE_UNUSABLE", `device "auto": none can be used here: ${reasons}; see bench doctor`);
}

/** Every device package in reach and whether it can be used here, and why not. */
export async function listDevices(places: Places): Promise<{ name: string; usable: boolean; reason: string }[]> {
  return Promise.all(
    packageNames(prefix, places).map(async (packageName) => {
      const name = packageName.slice(prefix.length);
      try {
        const found = findModule(packageName, places);
        if (found === undefined) return { name, usable: false, reason: "it could not be resolved" };
        const provider = await importDevice(name, found, places);
        return { name: provider.name, ...(await provider.probe()) };
      } catch (error) {
        return { name, usable: false, reason: firstLine(error) };
      }
    }),
  );
}

/** A GPU, and the device that computes on it. */
export interface FoundGpu extends GpuFacts {
  readonly device: string;
}

/** Every GPU that a device in reach finds, and what it can compute with; a device that cannot be asked finds none, and `listDevices` says why. */
export async function listGpus(places: Places): Promise<FoundGpu[]> {
  const found = await Promise.all(
    packageNames(prefix, places).map(async (packageName) => {
      try {
        const module = findModule(packageName, places);
        const provider = module && (await importDevice(packageName.slice(prefix.length), module, places));
        const gpus = (await provider?.gpus?.()) ?? [];
        return gpus.map((facts) => ({ device: provider!.name, ...facts }));
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
}

async function importDevice(name: string, found: Found, places: Places): Promise<DeviceProvider> {
  const { url, packageName } = found;
  announce("device", name, found, places);
  let exported: Partial<DeviceProvider> | undefined;
  try {
    exported = (await importWithContract(url)).default as Partial<DeviceProvider> | undefined;
  } catch (cause) {
    throw new BenchError(
      "E_DEVICE_INVALID",
      `device "${name}" (${packageName}) could not be imported: ${firstLine(cause)}`,
      {
        cause,
      },
    );
  }
  if (typeof exported?.name === "string" && typeof exported.probe === "function" && typeof exported.open === "function")
    return exported as DeviceProvider;
  throw new BenchError(
    "E_DEVICE_INVALID",
    `device "${name}" (${packageName}): expected a default export with name, probe and open, got ${exported === undefined ? "none" : "an object that lacks some"}`,
  );
}
