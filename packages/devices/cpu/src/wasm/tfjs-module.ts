import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { compileFunction } from "node:vm";
import { DeviceError } from "@petl/tensor";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

const require = createRequire(import.meta.url);

/** The parts of tfjs's WebAssembly module, as Emscripten returns it, that this package uses. */
export interface TfjsModule {
  readonly wasmMemory: WebAssembly.Memory;
  HEAPU8: Uint8Array<ArrayBuffer>;
  _malloc(byteCount: number): number;
  _free(offset: number): void;
  tfjs?: unknown;
  cwrap(name: string, result: string | null, parameters: readonly string[]): (...values: number[]) => number;
}

type Factory = (options: { locateFile(path: string): string }) => Promise<TfjsModule>;

/**
 * Starts tfjs's threaded WebAssembly module without its threads, only for the shared memory.
 *
 * Its JavaScript starts eight workers that stay idle, needs files for them, and installs process-wide error listeners;
 * so it is evaluated with stand-ins for `Worker` and `process`. Nothing is written to disk.
 */
export async function startTfjsModule(): Promise<TfjsModule> {
  const folder = join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "wasm-out");
  const path = join(folder, "tfjs-backend-wasm-threaded-simd.js");
  const exported: { exports: unknown } = { exports: {} };
  const sandbox = {
    require,
    module: exported,
    exports: exported.exports,
    __filename: path,
    __dirname: folder,
    process: { versions: process.versions, argv: [], listeners: () => [], on: () => {}, removeListener: () => {} },
    global: {},
    Worker: IdleWorker,
  };
  compileFunction(readFileSync(path, "utf8"), Object.keys(sandbox), { filename: path })(...Object.values(sandbox));
  const module = await (exported.exports as Factory)({ locateFile: (file) => join(folder, file) });
  refuseNullAllocations(module);
  module.tfjs = {
    init: module.cwrap("init", null, []),
    initWithThreadsCount: module.cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: module.cwrap("get_threads_count", "number", []),
    registerTensor: module.cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: module.cwrap("dispose_data", null, ["number"]),
    dispose: module.cwrap("dispose", null, []),
  };
  return module;
}

/** Reports that it has loaded and does nothing else. */
class IdleWorker {
  onmessage?: (event: { data: { cmd: string } }) => void;
  postMessage(message: { cmd: string }): void {
    if (message.cmd === "load") queueMicrotask(() => this.onmessage?.({ data: { cmd: "loaded" } }));
  }
  on(): void {}
  unref(): void {}
  terminate(): void {}
}

/** tfjs ignores a failed `malloc`; a full heap would overwrite address 0. */
function refuseNullAllocations(module: TfjsModule): void {
  module._free(module._malloc(1)); // Emscripten's exports replace themselves on their first call
  const allocate = module._malloc;
  module._malloc = (byteCount) => {
    const offset = allocate(byteCount) >>> 0;
    if (offset === 0 && byteCount > 0) {
      const heap = (module.HEAPU8.byteLength / 2 ** 20).toFixed(0);
      throw new DeviceError(
        "E_DEVICE_MEMORY",
        `cpu: expected room for a tensor of ${byteCount} bytes, got none (heap ${heap} MiB, at most 4096); use a smaller batch, shorter inputs or a smaller backbone`,
      );
    }
    return offset;
  };
}

/** The tfjs package: its backend class; importing it registers its kernels. */
export const tfjsWasm = require("@tensorflow/tfjs-backend-wasm") as {
  readonly BackendWasm: new (module: TfjsModule) => BackendWasm;
  readonly version_wasm: string;
  setThreadsCount(count: number): void;
};
