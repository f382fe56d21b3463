import type { KernelFunction } from "./kernel-build.js";
import { compile, instantiate, type KernelBuild } from "./kernel-build.js";
import type { TfjsModule } from "./tfjs-module.js";

/** Bytes each thread has for packed operands: a block of A (64 x 256), of B (256 x 512) and one tile, float32. */
export const scratchBytes = (64 * 256 + 256 * 512) * 4 + 1024;
const jobSlots = 32;

/** A float32 argument of a kernel; plain numbers are integers and addresses. */
export class Float {
  constructor(readonly value: number) {}
}

/** Runs kernels of one build on the heap of the tfjs module. */
export class KernelRunner {
  readonly #kernels: Record<string, KernelFunction>;
  readonly #job: number;
  readonly #scratch: number;

  constructor(
    private readonly module: TfjsModule,
    readonly build: KernelBuild,
  ) {
    this.#kernels = instantiate(compile(build), module.wasmMemory);
    this.#job = module._malloc(jobSlots * 4);
    this.#scratch = module._malloc(scratchBytes);
  }

  /** Computes `units` units of a kernel's output. */
  run(name: string, units: number, job: readonly (number | Float)[]): void {
    if (units === 0) return;
    const { buffer } = this.module.wasmMemory;
    const integers = new Int32Array(buffer, this.#job, jobSlots);
    const floats = new Float32Array(buffer, this.#job, jobSlots);
    for (const [slot, value] of job.entries()) {
      if (value instanceof Float) floats[slot] = value.value;
      else integers[slot] = value;
    }
    this.#kernels[name]!(this.#job, 0, units, this.#scratch);
  }
}
