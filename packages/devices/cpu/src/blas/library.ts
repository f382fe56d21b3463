import { createRequire } from "node:module";
import { arch, platform } from "node:process";
import { plantedLibrary } from "./planted-library.js";

const require = createRequire(import.meta.url);

/** A BLAS of the host, as passed to workers. */
export interface BlasLibrary {
  readonly name: "OpenBLAS" | "BLIS" | "MKL";
  /** Name or path given to the system's loader. */
  readonly file: string;
  /** The library's description of itself; null if it has none. */
  readonly version: string | null;
}

/** `cblas_sgemm` with addresses for matrices. */
export type Sgemm = (
  ...values: readonly [
    ...[order: number, transposeA: number, transposeB: number],
    ...[rows: number, columns: number, depth: number],
    ...[alpha: number, a: bigint, aStride: number, b: bigint, bStride: number],
    ...[beta: number, c: bigint, cStride: number],
  ]
) => void;

interface Kind {
  readonly name: BlasLibrary["name"];
  readonly files: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>>;
  /** Declaration of the function that sets the library's thread count. */
  readonly setThreads: string;
  readonly version: string | null;
}

/** Libraries with 32-bit integers in their interface, most common first. */
const kinds: readonly Kind[] = [
  {
    name: "OpenBLAS",
    files: {
      linux: ["libopenblas.so.0", "libopenblas.so"],
      darwin: [
        "libopenblas.dylib",
        "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
        "/usr/local/opt/openblas/lib/libopenblas.dylib",
      ],
      win32: ["libopenblas.dll"],
    },
    setThreads: "void openblas_set_num_threads(int)",
    version: "char *openblas_get_config()",
  },
  {
    name: "BLIS",
    files: { linux: ["libblis.so.4", "libblis.so"], darwin: ["libblis.dylib"] },
    setThreads: "void bli_thread_set_num_threads(int64_t)",
    version: "char *bli_info_get_version_str()",
  },
  {
    name: "MKL",
    files: { linux: ["libmkl_rt.so.2", "libmkl_rt.so"], win32: ["mkl_rt.2.dll"] },
    setThreads: "void MKL_Set_Num_Threads(int)",
    version: null,
  },
];

interface NativeLibrary {
  func(declaration: string): (...values: unknown[]) => unknown;
}

/** The parts of koffi used here. */
interface Koffi {
  load(file: string): NativeLibrary;
  address(memory: Uint8Array<SharedArrayBuffer>): bigint;
}

let loadedKoffi: Koffi | null = null;

function koffi(): Koffi {
  loadedKoffi ??= require("koffi") as Koffi;
  return loadedKoffi;
}

const sgemmDeclaration =
  "void cblas_sgemm(int, int, int, int, int, int, float, void *, int, void *, int, float, void *, int)";

/** Opens a library for the calling thread, without the library's own threads: the device has its pool. */
function openLibrary(kind: Kind, file: string): { readonly sgemm: Sgemm; readonly version: string | null } {
  const library = koffi().load(file);
  library.func(kind.setThreads)(1);
  const version = kind.version === null ? null : String(library.func(kind.version)());
  return { sgemm: library.func(sgemmDeclaration) as Sgemm, version };
}

/** Looks for a BLAS of the host; never throws, and gives the reason if there is none. */
export function findBlas(): { readonly library: BlasLibrary } | { readonly library: null; readonly reason: string } {
  try {
    koffi();
  } catch {
    return { library: null, reason: `koffi, an optional dependency, does not load on ${platform} ${arch}` };
  }
  const planted = plantedLibrary();
  if (planted !== null)
    return {
      library: null,
      reason: `the loader would search ${planted}, named by an empty or relative path; remove that path from LD_LIBRARY_PATH or change directory`,
    };
  const tried: string[] = [];
  for (const kind of kinds) {
    for (const file of kind.files[platform] ?? []) {
      tried.push(file);
      try {
        return { library: { name: kind.name, file, version: openLibrary(kind, file).version } };
      } catch {} // not installed, or without what is needed: the next one
    }
  }
  return { library: null, reason: `none of ${tried.join(", ") || "the libraries known for this system"} loads` };
}

/** For the calling thread: `cblas_sgemm` of a library that `findBlas` found, and the start address of a memory. */
export function bindBlas({ name, file }: BlasLibrary, memory: WebAssembly.Memory): { sgemm: Sgemm; base: bigint } {
  const kind = kinds.find((each) => each.name === name)!;
  return {
    sgemm: openLibrary(kind, file).sgemm,
    base: koffi().address(new Uint8Array(memory.buffer as unknown as SharedArrayBuffer)),
  };
}
