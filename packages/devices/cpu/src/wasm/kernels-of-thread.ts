// Each thread loads this module: it imports nothing that would bring tfjs into all of them.
import { setFlagsFromString } from "node:v8";
import type { KernelFunction } from "../kernel-function.js";

/** Node 20 has relaxed SIMD behind a flag; every thread sets it before it compiles or receives a module. */
export function allowRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** Instantiates a compiled build on a memory; each thread has its own instance, with its kernels in the same order. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): { readonly names: readonly string[]; readonly kernels: readonly KernelFunction[] } {
  const imports = { env: { memory }, "cross-entropy": { log: Math.log } };
  const { exports } = new WebAssembly.Instance(module, imports);
  const functions = Object.entries(exports).filter((entry): entry is [string, KernelFunction] => {
    return typeof entry[1] === "function";
  });
  return { names: functions.map(([name]) => name), kernels: functions.map(([, kernel]) => kernel) };
}
