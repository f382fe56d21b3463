import type { DeviceProvider } from "@petl/tensor";
import { BenchError } from "../errors.js";
import { nearMatch } from "./near-match.js";
import { type Found, findModule, type Places, packageNames } from "./packages.js";

export interface FoundDevice extends Found {
  readonly provider: DeviceProvider;
}

const prefix = "@petl/device-";
/** What `auto` means until a device says of itself that it is faster. */
const automatic = "cpu";

/**
 * Finds a device by its short name and makes sure that it can be used here; `auto` is the CPU.
 *
 * @throws BenchError E_DEVICE_UNKNOWN (near match named), E_DEVICE_INVALID, E_DEVICE_UNUSABLE with the device's reason
 */
export async function loadDevice(name: string, places: Places): Promise<FoundDevice> {
  const wanted = name === "auto" ? automatic : name;
  const found = findModule(prefix + wanted, places) ?? (wanted.includes("/") ? findModule(wanted, places) : undefined);
  if (found === undefined) {
    const known = ["auto", ...packageNames(prefix, places).map((each) => each.slice(prefix.length))];
    throw new BenchError(
      "E_DEVICE_UNKNOWN",
      `device "${name}": no such device; expected one of ${known.join(", ")}.${nearMatch(name, known)}`,
    );
  }
  const device = { ...found, provider: await importDevice(wanted, found) };
  const { usable, reason } = await device.provider.probe();
  if (usable) return device;
  throw new BenchError("E_DEVICE_UNUSABLE", `device "${wanted}" cannot be used here: ${reason}; see bench doctor`);
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
    exported = ((await import(url)) as { default?: Partial<DeviceProvider> }).default;
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
