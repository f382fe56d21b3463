import type { KernelFunction } from "../kernel-function.js";
import { type BlasLibrary, bindBlas } from "./library.js";

/** Name of the kernel that `blasKernel` adds to a thread's kernels. */
export const blasKernelName = "blasGemm";

/** Slots of its job: strides and pieces in values, addresses in bytes. */
export const blasSlot = {
  rows: 0,
  columns: 1,
  depth: 2,
  unitRows: 3,
  unitColumns: 4,
  a: 5,
  aRow: 6,
  aDepth: 7,
  aBatch: 8,
  b: 9,
  bDepth: 10,
  bColumn: 11,
  bBatch: 12,
  c: 13,
  /** 1: adds to the values of C. */
  accumulates: 14,
  cRow: 15,
} as const;

const rowMajor = 101;
const [plain, transposed] = [111, 112];

/**
 * Batched `C = op(A) op(B)` by the host's BLAS on the shared heap. A unit is a rectangle of one C, rows fastest; of several C, each is dense.
 *
 * One axis of each operand is contiguous. Shared WebAssembly memory does not move when it grows.
 */
export function blasKernel(library: BlasLibrary, memory: WebAssembly.Memory): KernelFunction {
  const { sgemm, base } = bindBlas(library, memory);
  return (job, begin, end) => {
    const slot = new Int32Array(memory.buffer, job, 16);
    const at = (index: number): number => slot[index]!;
    const [rows, columns, depth] = [at(blasSlot.rows), at(blasSlot.columns), at(blasSlot.depth)];
    const [unitRows, unitColumns] = [at(blasSlot.unitRows), at(blasSlot.unitColumns)];
    const [aRow, aDepth, bDepth, bColumn] = [
      ...[at(blasSlot.aRow), at(blasSlot.aDepth)],
      ...[at(blasSlot.bDepth), at(blasSlot.bColumn)],
    ] as [number, number, number, number];
    const [down, across] = [Math.ceil(rows / unitRows), Math.ceil(columns / unitColumns)];
    const address = (index: number, values: number): bigint => base + BigInt((at(index) >>> 0) + 4 * values);
    for (let unit = begin; unit < end; unit++) {
      const row = (unit % down) * unitRows;
      const column = (Math.floor(unit / down) % across) * unitColumns;
      const batch = Math.floor(unit / (down * across));
      sgemm(
        ...([rowMajor, aDepth === 1 ? plain : transposed, bColumn === 1 ? plain : transposed] as const),
        ...([Math.min(unitRows, rows - row), Math.min(unitColumns, columns - column), depth, 1] as const),
        address(blasSlot.a, batch * at(blasSlot.aBatch) + row * aRow),
        aDepth === 1 ? Math.max(aRow, depth) : Math.max(aDepth, rows),
        address(blasSlot.b, batch * at(blasSlot.bBatch) + column * bColumn),
        bColumn === 1 ? Math.max(bDepth, columns) : Math.max(bColumn, depth),
        at(blasSlot.accumulates),
        address(blasSlot.c, batch * rows * columns + row * at(blasSlot.cRow) + column),
        at(blasSlot.cRow),
      );
    }
  };
}
