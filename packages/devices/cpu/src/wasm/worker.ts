import { workerData } from "node:worker_threads";
import { blasKernel } from "../blas/kernel.js";
import type { BlasLibrary } from "../blas/library.js";
import { control, controlWords } from "./control.js";
import { allowRelaxedSimd, instantiate } from "./kernels-of-thread.js";
import { takeChunks } from "./share.js";

/** Start parameters of a worker; addresses are bytes in the shared memory. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly scratch: number;
  /** Computes matrix products instead of the WebAssembly kernels; its kernel comes after them. */
  readonly blas: BlasLibrary | null;
}

/**
 * Milliseconds a worker spins for the next job before it sleeps. A step's jobs follow each other faster than that. Waking a worker
 * costs the calling thread a system call and delays the job by tens of microseconds.
 */
const watchMs = 0.3;
const looks = 256;

allowRelaxedSimd();
const start = workerData as WorkerStart;
const own = instantiate(start.module, start.memory).kernels;
const kernels = start.blas === null ? own : [...own, blasKernel(start.blas, start.memory)];
const words = new Int32Array(start.memory.buffer, start.control, controlWords);
const job = start.control + 4 * control.job;
let seen = Atomics.load(words, control.sequence);
Atomics.add(words, control.ready, 1);
while (Atomics.load(words, control.stop) === 0) {
  try {
    takeChunks(words, kernels, job, start.scratch);
  } catch (error) {
    Atomics.add(words, control.failed, 1);
    Atomics.notify(words, control.done);
    throw error;
  }
  watch();
  Atomics.wait(words, control.sequence, seen);
  seen = Atomics.load(words, control.sequence);
}

function watch(): void {
  const until = performance.now() + watchMs;
  do {
    for (let look = 0; look < looks; look++) if (Atomics.load(words, control.sequence) !== seen) return;
  } while (performance.now() < until);
}
