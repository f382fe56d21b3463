import { workerData } from "node:worker_threads";
import { blasKernel } from "../blas/kernel.js";
import type { BlasLibrary } from "../blas/library.js";
import { control, controlWords } from "./control.js";
import { allowRelaxedSimd, instantiate } from "./kernel-build.js";
import { takeChunks } from "./share.js";

/** What a worker is started with; addresses are bytes in the shared memory. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly scratch: number;
  /** Multiplies matrices in place of the WebAssembly kernels; its kernel comes behind them. */
  readonly blas: BlasLibrary | null;
}

/** Looks at the sequence word this often before sleeping on it: a few tens of microseconds. */
const spins = 2000;

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
  for (let spin = 0; spin < spins && Atomics.load(words, control.sequence) === seen; spin++);
  Atomics.wait(words, control.sequence, seen);
  seen = Atomics.load(words, control.sequence);
}
