import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { DeviceError } from "@petl/tensor";
import type { KernelFunction } from "../kernel-function.js";

/** Builds of the kernels: `relaxed` has fused multiply-add, `simd` does not. */
export type KernelBuild = "relaxed" | "simd";

const pathOf = (build: KernelBuild): URL => new URL(`../../dist/kernels-${build}.wasm`, import.meta.url);

/** Node 20 has relaxed SIMD behind a flag; every thread sets it before it compiles or receives a module. */
export function allowRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** Whether this host runs the build. */
export function supports(build: KernelBuild): boolean {
  if (!existsSync(pathOf(build))) {
    throw new DeviceError(
      "E_DEVICE_UNUSABLE",
      `cpu: expected ${pathOf(build).pathname}, which is not there; run \`pnpm build\``,
    );
  }
  if (build === "relaxed") allowRelaxedSimd();
  return WebAssembly.validate(readFileSync(pathOf(build)));
}

/** SHA-256 of the build; results of different builds may differ in the last bits. */
export function digestOf(build: KernelBuild): string {
  return createHash("sha256")
    .update(readFileSync(pathOf(build)))
    .digest("hex");
}

/** Compiles the build; the caller has checked that the host supports it. */
export function compile(build: KernelBuild): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(pathOf(build)));
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
