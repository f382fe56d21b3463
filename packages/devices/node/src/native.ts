import { existsSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** TensorFlow's C library and the addon built against it, as `setup.mjs` writes them. */
export interface Native {
  /** Whether the library has CUDA. */
  readonly variant: "cpu" | "gpu";
  /** Version of TensorFlow. */
  readonly tensorflow: string;
  /** File of the addon. */
  readonly addon: string;
}

/** Where `setup.mjs` puts what it fetches and builds. */
const nativeDirectory = fileURLToPath(new URL("../native/", import.meta.url));

/** What the user types to set TensorFlow up; only a checkout has a script for it. */
export function setUpCommand(program = fileURLToPath(new URL("../setup.mjs", import.meta.url))): string {
  return program.split(sep).includes("node_modules") ? `node ${program}` : "pnpm setup:node-gpu";
}

const setUp = `run ${setUpCommand()} (TensorFlow with CUDA 12: 6 GB on disk) or ${setUpCommand()} --cpu (1.1 GB)`;

/** The set-up in `directory`, or why it cannot be used and what to do. */
export function findNative(
  directory = nativeDirectory,
): { readonly native: Native; readonly reason: null } | { readonly native: null; readonly reason: string } {
  const file = join(directory, "setup.json");
  if (!existsSync(file)) return { native: null, reason: `TensorFlow is not set up; ${setUp}` };
  const setup = JSON.parse(readFileSync(file, "utf8")) as Omit<Native, "addon"> & { readonly platform: string };
  const addon = join(directory, "tfjs_binding.node");
  const here = `${process.platform} ${process.arch}`;
  if (setup.platform !== here)
    return {
      native: null,
      reason: `TensorFlow was set up for ${setup.platform}, but this machine is ${here}; ${setUp}`,
    };
  if (!existsSync(addon)) return { native: null, reason: `expected the addon ${addon}, found none; ${setUp}` };
  return { native: { variant: setup.variant, tensorflow: setup.tensorflow, addon }, reason: null };
}
