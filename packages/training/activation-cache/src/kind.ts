import { createHash } from "node:crypto";
import type { BackboneModel } from "@petl/backbone";
import type { Device } from "@petl/tensor";
import type { Reads } from "./applies.js";

/** What a cache must know of the device: its results may differ from another's in their last bits. */
export type CacheDevice = Pick<Device, "name" | "details">;

/** Whether the device computes each row to the same bits in any batch, behind any padding. */
export const isExact = ({ details }: CacheDevice): boolean => details.rowIndependent === true;

/**
 * Digest of everything but the example that kept values depend on: the backbone's weights, the sites read, the device with its
 * kernels, and the format. Runs of the same kind can share entries.
 */
export async function kindOf(backbone: BackboneModel, { reads, at }: Reads, device: CacheDevice): Promise<string> {
  const { threads, ...details } = device.details; // where rows do not depend on each other, neither do they on threads
  const about = { format: 3, reads, at, device: device.name, details, threads: isExact(device) ? null : threads };
  const hash = createHash("sha256").update(JSON.stringify(about));
  const { sites, readoutSites } = backbone;
  const skipped = new Set(sites.flatMap(({ name, params }) => (readoutSites.includes(name) ? params : [])));
  for (const name of Object.keys(backbone.params).sort()) {
    if (skipped.has(name)) continue;
    const tensor = backbone.param(name);
    hash.update(JSON.stringify([name, tensor.dtype, tensor.shape])).update((await tensor.data()) as Float32Array);
  }
  return hash.digest("hex").slice(0, 32);
}
