import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { DeviceError } from "@petl/tensor";
import { allowRelaxedSimd } from "./kernels-of-thread.js";

/** Builds of the kernels: `relaxed` has fused multiply-add, `simd` does not. */
export type KernelBuild = "relaxed" | "simd";

const pathOf = (build: KernelBuild): URL => new URL(`../../dist/kernels-${build}.wasm`, import.meta.url);

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
