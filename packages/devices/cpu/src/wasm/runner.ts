import { Worker } from "node:worker_threads";
import { DeviceError } from "@petl/tensor";
import { blasKernel, blasKernelName } from "../blas/kernel.js";
import type { BlasLibrary } from "../blas/library.js";
import type { KernelFunction } from "../kernel-function.js";
import { control, controlWords, jobSlots, scratchBytes, threadIndexAt } from "./control.js";
import { compile, type KernelBuild } from "./kernel-build.js";
import { instantiate } from "./kernels-of-thread.js";
import { takeChunks } from "./share.js";
import type { TfjsModule } from "./tfjs-module.js";
import type { WorkerStart } from "./worker.js";

/** A float32 argument of a kernel; plain numbers are integers and addresses. */
export class Float {
  constructor(readonly value: number) {}
}

const startWithinMs = 60_000;

/** Minimum work that is worth waking another thread. */
const alonePicoseconds = 20e6;
/** Minimum length of a chunk. */
const chunkPicoseconds = 8e6;
/** Checks for the other threads' last chunks before the calling thread sleeps: some tenths of a millisecond. */
const doneLooks = 200_000;

export interface RunnerOptions {
  readonly build: KernelBuild;
  /** Number of computing threads, including the calling one. */
  readonly threads: number;
  /** A BLAS of the host, for matrix products. */
  readonly blas?: BlasLibrary | null;
  /** Milliseconds without progress of the other threads after which the device counts as lost. */
  readonly lostAfterMs?: number;
}

/** Runs kernels of one build on the heap of the tfjs module, on a pool of threads that share it. */
export class KernelRunner {
  readonly threads: number;
  /** The host's BLAS for matrix products, if there is one. */
  readonly blas: BlasLibrary | null;
  readonly #module: TfjsModule;
  readonly #index: ReadonlyMap<string, number>;
  readonly #kernels: readonly KernelFunction[];
  /** Address of the control block in the shared memory. */
  readonly controlAddress: number;
  readonly #scratch: readonly number[];
  readonly #workers: readonly Worker[];
  readonly #lostAfterMs: number;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #floats: Float32Array<SharedArrayBuffer>;
  #lost: string | null = null;

  constructor(module: TfjsModule, { build, threads, blas = null, lostAfterMs = 30_000 }: RunnerOptions) {
    const compiled = compile(build);
    const { names, kernels } = instantiate(compiled, module.wasmMemory);
    const native = blas === null ? [] : [blasKernel(blas, module.wasmMemory)];
    this.blas = blas;
    this.#module = module;
    this.#index = new Map([...names, blasKernelName].map((name, index) => [name, index]));
    this.#kernels = [...kernels, ...native];
    this.threads = threads;
    this.#lostAfterMs = lostAfterMs;
    this.controlAddress = align(module._malloc(controlWords * 4 + 64));
    this.#scratch = Array.from({ length: threads }, () => align(module._malloc(scratchBytes + 64)));
    const buffer = module.wasmMemory.buffer as unknown as SharedArrayBuffer; // the DOM types know only unshared memory
    this.#words = new Int32Array(buffer, this.controlAddress, controlWords);
    this.#floats = new Float32Array(buffer, this.controlAddress, controlWords);
    this.#words.fill(0);
    for (const [index, scratch] of this.#scratch.entries()) {
      new Int32Array(buffer, scratch + threadIndexAt, 1)[0] = index;
    }
    this.#workers = this.#scratch.slice(1).map((scratch) => this.#startWorker(compiled, scratch));
  }

  /** Waits until every worker is ready. @throws DeviceError if one does not start */
  async ready(): Promise<void> {
    const begin = performance.now();
    while (Atomics.load(this.#words, control.ready) < this.#workers.length) {
      if (this.#lost === null && performance.now() - begin > startWithinMs) this.#lost = "a worker did not start";
      if (this.#lost !== null) {
        const reason = this.#lost;
        await this.close();
        throw new DeviceError("E_DEVICE_UNUSABLE", `cpu: expected ${this.threads} threads to start, but ${reason}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /**
   * Computes `units` units of a kernel's output, each about `picoseconds` long on one thread: that decides how they are
   * split, never their values.
   *
   * @throws DeviceError if a worker was lost
   */
  run(name: string, units: number, picoseconds: number, job: readonly (number | Float)[]): void {
    if (units === 0) return;
    if (job.length > jobSlots)
      throw new Error(`cpu kernel ${name}: expected at most ${jobSlots} slots, got ${job.length}`);
    this.#throwIfLost();
    const words = this.#words;
    for (let slot = 0; slot < job.length; slot++) {
      const value = job[slot]!;
      if (typeof value === "number") words[control.job + slot] = value;
      else this.#floats[control.job + slot] = value.value;
    }
    const kernel = this.#index.get(name)!;
    const jobAddress = this.controlAddress + 4 * control.job;
    if (this.#workers.length === 0 || units === 1 || units * picoseconds < alonePicoseconds) {
      this.#guarded(name, () => this.#kernels[kernel]!(jobAddress, 0, units, this.#scratch[0]!));
      return;
    }
    const chunkUnits = Math.ceil(Math.min(units, Math.max(units / (8 * this.threads), chunkPicoseconds / picoseconds)));
    const chunks = Math.ceil(units / chunkUnits);
    words[control.units] = units;
    words[control.chunkUnits] = chunkUnits;
    words[control.chunks] = chunks;
    words[control.kernel] = kernel;
    Atomics.store(words, control.done, 0);
    Atomics.store(words, control.remaining, chunks);
    Atomics.add(words, control.sequence, 1);
    Atomics.notify(words, control.sequence, Math.min(chunks - 1, this.#workers.length));
    this.#guarded(name, () => takeChunks(words, this.#kernels, jobAddress, this.#scratch[0]!));
    this.#awaitChunks(chunks);
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    Atomics.store(this.#words, control.stop, 1);
    Atomics.add(this.#words, control.sequence, 1);
    Atomics.notify(this.#words, control.sequence);
    this.#lost ??= "the device is closed";
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #startWorker(module: WebAssembly.Module, scratch: number): Worker {
    const { blas, controlAddress } = this;
    const memory = this.#module.wasmMemory;
    const workerData: WorkerStart = { module, memory, control: controlAddress, scratch, blas };
    const worker = new Worker(new URL("../../dist/wasm/worker.js", import.meta.url), {
      workerData,
      execArgv: [], // options of the process, such as --input-type, may not suit a worker
    });
    worker.unref(); // a process that forgets to close can still exit
    worker.on("error", (error) => {
      this.#lost ??= `a worker failed: ${error.message}`;
    });
    worker.on("exit", () => {
      this.#lost ??= "a worker ended";
    });
    return worker;
  }

  #awaitChunks(chunks: number): void {
    const words = this.#words;
    for (let look = 0; look < doneLooks; look++) if (Atomics.load(words, control.done) === chunks) return;
    let lastProgress = performance.now();
    for (;;) {
      const done = Atomics.load(words, control.done);
      if (done === chunks) return;
      if (Atomics.load(words, control.failed) > 0) this.#lost ??= "a worker's kernel failed";
      else if (performance.now() - lastProgress > this.#lostAfterMs) {
        this.#lost ??= `a worker made no progress for ${this.#lostAfterMs / 1000} s`;
      }
      this.#throwIfLost();
      if (Atomics.wait(words, control.done, done, 100) !== "timed-out") lastProgress = performance.now();
    }
  }

  /** A kernel that traps leaves partial results and an unfinished chunk, so nothing may run after it. */
  #guarded(name: string, compute: () => void): void {
    try {
      compute();
    } catch (error) {
      this.#lost ??= `the kernel ${name} failed: ${String(error)}`;
      this.#throwIfLost();
    }
  }

  #throwIfLost(): void {
    if (this.#lost === null) return;
    throw new DeviceError("E_DEVICE_LOST", `cpu: ${this.#lost}; results are incomplete, run again`);
  }
}

const align = (address: number): number => Math.ceil(address / 64) * 64;
