import type { KernelFunction } from "../kernel-function.js";
import { control } from "./control.js";

/** Takes and computes chunks of the current job until none is left; each thread runs this on its own instance. */
export function takeChunks(
  words: Int32Array<ArrayBufferLike>,
  kernels: readonly KernelFunction[],
  jobAddress: number,
  scratch: number,
): void {
  for (;;) {
    const remaining = Atomics.load(words, control.remaining);
    if (remaining <= 0) return;
    if (Atomics.compareExchange(words, control.remaining, remaining, remaining - 1) !== remaining) continue;
    const units = words[control.units]!;
    const chunkUnits = words[control.chunkUnits]!;
    const chunks = words[control.chunks]!;
    const begin = (chunks - remaining) * chunkUnits;
    kernels[words[control.kernel]!]!(jobAddress, begin, Math.min(begin + chunkUnits, units), scratch);
    if (Atomics.add(words, control.done, 1) + 1 === chunks) Atomics.notify(words, control.done);
  }
}
