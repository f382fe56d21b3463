import type { DeviceOptions, DeviceProvider } from "@petl/tensor";
import { BenchError } from "../errors.js";
import { nearMatch } from "./near-match.js";
import { importWithContract } from "./one-copy.js";
import { type Found, findModule, type Places, packageNames } from "./packages.js";

export interface FoundDevice extends Found {
  readonly provider: DeviceProvider;
  /** Devices that `auto` prefers and why they cannot be used here. */
  readonly passedOver?: readonly { readonly name: string; readonly reason: string }[];
}

const prefix = "@petl/device-";

/**
 * Finds a device by its short name and checks that it can be used here with these options; `auto` is the preferred one of those
 * that can.
 *
 * @throws BenchError E_DEVICE_UNKNOWN (near match named), E_DEVICE_INVALID, E_DEVICE_UNUSABLE with the device's reason
 */
export async function loadDevice(wanted: string, places: Places, options: DeviceOptions = {}): Promise<FoundDevice> {
  if (wanted === "auto") return loadPreferred(places, options);
  const found = findModule(prefix + wanted, places) ?? (wanted.includes("/") ? findModule(wanted, places) : undefined);
  if (found === undefined) {
    const known = ["auto", ...packageNames(prefix, places).map((each) => each.slice(prefix.length))];
    throw new BenchError(
      "E_DEVICE_UNKNOWN",
      `device "${wanted}": no such device; expected one of ${known.join(", ")}.${nearMatch(wanted, known)}`,
    );
  }
  const device = { ...found, provider: await importDevice(wanted, found) };
  const { usable, reason } = await device.provider.probe(options);
  if (usable) return device;
  throw new BenchError("E_DEVICE_UNUSABLE", `device "${wanted}" cannot be used here: ${reason}; see bench doctor`);
}

async function loadPreferred(places: Places, options: DeviceOptions): Promise<FoundDevice> {
  const passedOver: { name: string; reason: string }[] = [];
  const candidates: FoundDevice[] = [];
  for (const packageName of packageNames(prefix, places)) {
    const found = findModule(packageName, places);
    if (found === undefined) continue;
    try {
      candidates.push({ ...found, provider: await importDevice(packageName, found) });
    } catch (error) {
      passedOver.push({ name: packageName.slice(prefix.length), reason: (error as Error).message });
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
        const provider = await importDevice(name, found);
        return { name: provider.name, ...(await provider.probe()) };
      } catch (error) {
        return { name, usable: false, reason: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}

async function importDevice(name: string, { url, packageName }: Found): Promise<DeviceProvider> {
  let exported: Partial<DeviceProvider> | undefined;
  try {
    exported = (await importWithContract(url)).default as Partial<DeviceProvider> | undefined;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new BenchError("E_DEVICE_INVALID", `device "${name}" (${packageName}) could not be imported: ${message}`, {
      cause,
    });
  }
  if (typeof exported?.name === "string" && typeof exported.probe === "function" && typeof exported.open === "function")
    return exported as DeviceProvider;
  throw new BenchError(
    "E_DEVICE_INVALID",
    `device "${name}" (${packageName}): expected a default export with name, probe and open, got ${exported === undefined ? "none" : "an object that lacks some"}`,
  );
}
