import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SampledGpu } from "@petl/meter";
import type { RunRecord } from "@petl/results";
import { execa } from "execa";
import { workspaceRoot } from "../resolve/own-tree.js";
import type { Found } from "../resolve/packages.js";
import { versionsOf } from "./versions.js";

type Environment = RunRecord["environment"];

/** What a machine and a checkout are, captured once for all runs of a suite. */
export type MachineFacts = Omit<Environment, "deviceName" | "deviceDetails" | "packages">;

/** `gpu` is the one that is sampled, if any. Commit and dirty flag are those of the checkout this package lies in. */
export async function machineFacts(gpu: SampledGpu | null): Promise<MachineFacts> {
  const processors = cpus();
  const { commit, dirty } = await checkout(fileURLToPath(new URL(".", import.meta.url)));
  return {
    node: process.version,
    platform: platform(),
    arch: arch(),
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    hostMemoryBytes: totalmem(),
    commit,
    dirty,
    gpu: gpu && gpuPart(gpu),
  };
}

function gpuPart({ name, uuid, driverVersion, powerLimitW, mig }: SampledGpu): NonNullable<Environment["gpu"]> {
  return { name, uuid: uuid ?? "unknown", driver: driverVersion ?? "unknown", powerLimitW, mig };
}

/**
 * The environment of one run; the device's name and details are what its process said, if it came that far.
 * `heldBytes` is what others held on a busy device when the suite began; null where it was free.
 */
export function environmentPart(
  facts: MachineFacts,
  deviceName: string,
  device: { readonly name: string; readonly details: Readonly<Record<string, unknown>> } | null,
  modules: readonly Found[],
  heldBytes: number | null,
): Environment {
  const packages = Object.assign({}, ...modules.map(versionsOf)) as Record<string, string>;
  const deviceDetails = { ...device?.details, ...(heldBytes !== null && { heldByOthersBytes: heldBytes }) };
  return { ...facts, packages, deviceName: device?.name ?? deviceName, deviceDetails };
}

/** Commit and whether files differ from it; null without git or outside a checkout, unless an archive says what it was packed from. */
async function checkout(directory: string): Promise<{ commit: string | null; dirty: boolean | null }> {
  const git = (...args: string[]) => execa("git", args, { cwd: directory, reject: false, timeout: 10_000 });
  const head = await git("rev-parse", "HEAD");
  if (head.exitCode !== 0) return packedCommit(directory);
  const status = await git("status", "--porcelain");
  return { commit: head.stdout.trim(), dirty: status.exitCode === 0 ? status.stdout.trim() !== "" : null };
}

/** What `pnpm pack:offline` wrote of the checkout that it packed. */
function packedCommit(directory: string): { commit: string | null; dirty: boolean | null } {
  const file = join(workspaceRoot(directory) ?? directory, "bundle.json");
  if (!existsSync(file)) return { commit: null, dirty: null };
  const { commit, dirty } = JSON.parse(readFileSync(file, "utf8")) as { commit: string | null; dirty: boolean | null };
  return { commit, dirty };
}
