import { tf } from "@petl/tensor";
import type { StoredWeight } from "@petl/weight-formats";
import { blasKernelName, blasSlot } from "../blas/kernel.js";
import { type CpuKernel, cast, type KernelContext, rowsOf, sizeOf, type TensorInfo } from "./context.js";
import { rowsOfPiece, withPieces } from "./stored-weights.js";

interface Operand {
  readonly address: number;
  readonly transposed: boolean;
  readonly batch: readonly number[];
  readonly rows: number; // as stored
  readonly columns: number;
}

function operand(context: KernelContext, tensor: TensorInfo, transposed: boolean): Operand {
  const [rows, columns] = tensor.shape.slice(-2) as [number, number];
  return { address: context.address(tensor), transposed, batch: tensor.shape.slice(0, -2), rows, columns };
}

/** `op(a) op(b)` over the last two axes, with broadcast leading axes; every layout, float32. */
export const batchMatMul: CpuKernel = (context, inputs, { transposeA, transposeB }) => {
  const [first, second] = [inputs.a!, inputs.b!];
  if (first.shape.length < 2 || second.shape.length < 2) {
    throw new Error(`cpu matMul: expected matrices, got shapes [${first.shape}] and [${second.shape}]`);
  }
  if (first.dtype !== "float32" || second.dtype !== "float32") {
    return throughFloat(context, first, second, transposeA === true, transposeB === true);
  }
  const a = operand(context, first, transposeA === true);
  const b = operand(context, second, transposeB === true);
  const [rows, depth] = a.transposed ? [a.columns, a.rows] : [a.rows, a.columns];
  const [innerB, columns] = b.transposed ? [b.columns, b.rows] : [b.rows, b.columns];
  if (depth !== innerB) {
    throw new Error(`cpu matMul: expected equal inner extents, got [${first.shape}] and [${second.shape}]`);
  }
  const batch = tf.broadcast_util.assertAndGetBroadcastShape([...a.batch], [...b.batch]);
  const output = context.output([...batch, rows, columns]);
  if (sizeOf(output.shape) === 0) return output;
  if (depth === 0) {
    context.backend.typedArrayFromHeap(output).fill(0);
    return output;
  }
  const c = context.address(output);
  const [sizeA, sizeB, sizeC] = [rows * depth, depth * columns, rows * columns];
  const total = sizeOf(batch);
  const [batchA, batchB] = [sizeOf(a.batch), sizeOf(b.batch)];
  const layout = {
    ...{ rows, columns, depth },
    ...(a.transposed ? { aRow: 1, aDepth: rows } : { aRow: depth, aDepth: 1 }),
    ...(b.transposed ? { bDepth: 1, bColumn: depth } : { bDepth: columns, bColumn: 1 }),
  };
  if (batchB === 1 && batchA === total && !a.transposed) {
    // one matrix product for all rows
    multiply(context, { ...layout, rows: total * rows, batch: 1, a: a.address, b: b.address, c, aBatch: 0, bBatch: 0 });
  } else if ([1, total].includes(batchA) && [1, total].includes(batchB)) {
    const [aBatch, bBatch] = [batchA === 1 ? 0 : sizeA, batchB === 1 ? 0 : sizeB];
    multiply(context, { ...layout, batch: total, a: a.address, b: b.address, c, aBatch, bBatch });
  } else {
    for (let index = 0; index < total; index++) {
      const [atA, atB] = [broadcastIndex(index, batch, a.batch), broadcastIndex(index, batch, b.batch)];
      const [fromA, fromB] = [a.address + 4 * atA * sizeA, b.address + 4 * atB * sizeB];
      const to = c + 4 * index * sizeC;
      multiply(context, { ...layout, batch: 1, a: fromA, b: fromB, c: to, aBatch: 0, bBatch: 0 });
    }
  }
  return output;
};

/**
 * `y = x W^T + b` over the last axis, or `y = x W + b` if `transposed`: one matrix product for all rows, starting from the bias.
 */
export const linear: CpuKernel = (context, { x, weight, bias }, { transposed }) => {
  const [stored, across] = weight!.shape as [number, number];
  const [depth, columns] = transposed === true ? [stored, across] : [across, stored];
  const { rows, channels } = rowsOf(x!);
  if (channels !== depth) {
    throw new Error(`cpu linear: expected ${depth} channels for weight [${weight!.shape}], got x [${x!.shape}]`);
  }
  const output = context.output([...x!.shape.slice(0, -1), columns]);
  if (sizeOf(output.shape) === 0) return output;
  const c = context.address(output);
  const accumulates = bias !== undefined;
  if (accumulates) context.runner.run("repeatRow", rows, 200 * columns, [context.address(bias), c, columns]);
  const layout = {
    ...{ batch: 1, rows, columns, depth, c, accumulates },
    ...{ a: context.address(x), aRow: depth, aDepth: 1, aBatch: 0, bBatch: 0 },
    ...(transposed === true ? { bDepth: columns, bColumn: 1 } : { bDepth: 1, bColumn: depth }),
  };
  const storedWeight = context.storedWeight(weight!);
  if (storedWeight !== undefined) multiplyByStored(context, layout, storedWeight, transposed === true);
  else multiply(context, { ...layout, b: context.address(weight) });
  return output;
};

/** Adds `a^T b` to `sum`: (rows, m), (rows, n), (m, n). */
export const addProduct: CpuKernel = (context, { sum, a, b }) => {
  const [rows, columns] = sum!.shape as [number, number];
  multiply(context, {
    ...{ batch: 1, rows, columns, depth: a!.shape[0]!, c: context.address(sum), accumulates: true },
    ...{ a: context.address(a), aRow: 1, aDepth: rows, aBatch: 0 },
    ...{ b: context.address(b), bDepth: columns, bColumn: 1, bBatch: 0 },
  });
  return [];
};

/** The product with a stored weight, piece by piece: a piece of W gives columns of `x W^T`, and adds to all of `x W`. */
function multiplyByStored(
  context: KernelContext,
  product: Omit<Product, "b">,
  weight: StoredWeight,
  transposed: boolean,
): void {
  const room = context.output([rowsOfPiece(weight) * weight.shape.at(-1)!]);
  const b = context.address(room);
  try {
    withPieces(context, weight, (piece) => {
      piece.widen(b);
      const { first, rows: length } = piece;
      const part = transposed
        ? { a: product.a + 4 * first, depth: length, accumulates: product.accumulates === true || first > 0 }
        : { c: product.c + 4 * first, cRow: product.columns, columns: length };
      multiply(context, { ...product, ...part, b });
    });
  } finally {
    context.backend.disposeData(room.dataId);
  }
}

/** Integer products: rare (confusion matrices) and exact below 2^24, so they go through float32. */
function throughFloat(
  context: KernelContext,
  first: TensorInfo,
  second: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo {
  const [a, b] = [first, second].map((tensor) => cast(context, tensor, "float32")) as [TensorInfo, TensorInfo];
  const product = batchMatMul(context, { a, b }, { transposeA, transposeB }) as TensorInfo;
  const result = cast(context, product, "int32");
  for (const { dataId } of [a, b, product]) context.backend.disposeData(dataId);
  return result;
}

/** Batched matrix product in memory: addresses in bytes, strides in values. C is dense unless rows have a stride of their own. */
interface Product {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly a: number;
  readonly aRow: number;
  readonly aDepth: number;
  readonly aBatch: number;
  readonly b: number;
  readonly bDepth: number;
  readonly bColumn: number;
  readonly bBatch: number;
  readonly c: number;
  /** Default: `columns`. Of one matrix only. */
  readonly cRow?: number;
  /** Adds to the values of C. */
  readonly accumulates?: boolean;
}

/** Multiply-adds from which a call to the BLAS pays off. */
const callMultiplyAdds = 2 ** 20;

/**
 * Rows or columns from which a rectangle is worth packing the other operand again: more rectangles balance the load of the
 * threads.
 */
const sparedLength = 512;

/** Each thread of the pool calls the BLAS for rectangles of C; the BLAS starts no threads itself. */
function multiplyByBlas({ runner }: KernelContext, product: Product): void {
  const { batch, rows, columns, depth } = product;
  const work = rows * columns * depth;
  const { threads } = runner;
  const spared = Math.min(2 * threads, Math.floor((batch * Math.max(rows, columns)) / sparedLength));
  const wanted = threads === 1 ? 1 : Math.ceil(Math.max(threads, spared) / batch);
  const parts = Math.max(1, Math.min(wanted, Math.floor(work / callMultiplyAdds)));
  const unitRows = rows < columns ? rows : 16 * Math.ceil(rows / parts / 16);
  const unitColumns = rows < columns ? 16 * Math.ceil(columns / parts / 16) : columns;
  const units = batch * Math.ceil(rows / unitRows) * Math.ceil(columns / unitColumns);
  const job: number[] = [];
  const cRow = product.cRow ?? columns;
  const values = { ...product, cRow, unitRows, unitColumns, accumulates: product.accumulates === true ? 1 : 0 };
  for (const [name, slot] of Object.entries(blasSlot)) job[slot] = values[name as keyof typeof blasSlot];
  runner.run(
    blasKernelName,
    units,
    500_000 + 12 * Math.min(rows, unitRows) * Math.min(columns, unitColumns) * depth,
    job,
  );
}

/** Buffer size for packed operands, in values; a larger B is packed piece by piece. */
const packedValues = 2 ** 20;
const largestDepth = 2048;
const unitRows = 64;

function multiply(context: KernelContext, product: Product): void {
  if (context.runner.blas === null) multiplyPacked(context, product);
  else multiplyByBlas(context, product);
}

/** All threads together pack B once; then each computes rectangles of C and packs its rows of A. */
function multiplyPacked(context: KernelContext, product: Product): void {
  const { batch, rows, columns, depth, bBatch } = product;
  const depthStep = Math.min(depth, largestDepth);
  const columnStep = Math.min(columns, Math.max(8, Math.floor(packedValues / depthStep / 8) * 8));
  const packedSize = (width: number): number => 8 * Math.ceil(width / 8) * depthStep;
  const batchStep =
    bBatch === 0 ? batch : Math.max(1, Math.min(batch, Math.floor(packedValues / packedSize(columnStep))));
  const matrices = bBatch === 0 ? 1 : batchStep;
  const buffer = context.output([packedSize(columnStep) * matrices]);
  const packed = context.address(buffer);
  for (let first = 0; first < batch; first += batchStep) {
    const count = Math.min(batchStep, batch - first);
    for (let column = 0; column < columns; column += columnStep) {
      const width = Math.min(columnStep, columns - column);
      for (let from = 0; from < depth; from += depthStep) {
        const length = Math.min(depthStep, depth - from);
        piece(context, product, packed, { first, count, column, width, from, length, rows });
      }
    }
  }
  context.backend.disposeData(buffer.dataId);
}

interface Piece {
  readonly first: number;
  readonly count: number;
  readonly column: number;
  readonly width: number;
  readonly from: number;
  readonly length: number;
  readonly rows: number;
}

function piece(context: KernelContext, product: Product, packed: number, part: Piece): void {
  const { aRow, aDepth, aBatch, bDepth, bColumn, bBatch, columns } = product;
  const { first, count, column, width, from, length, rows } = part;
  const panels = Math.ceil(width / 8);
  const fromB = product.b + 4 * (first * bBatch + column * bColumn + from * bDepth);
  const matrices = bBatch === 0 ? 1 : count;
  const down = Math.ceil(rows / unitRows);
  const unitColumns = columnsOfUnit(context.runner.threads, count * down, width);
  const units = count * down * Math.ceil(width / unitColumns);
  context.runner.run("gemm", units, 18 * Math.min(rows, unitRows) * Math.min(unitColumns, width) * length, [
    ...[rows, width, length, unitColumns],
    product.a + 4 * (first * aBatch + from * aDepth),
    ...[aRow, aDepth, aBatch],
    ...[packed, bBatch === 0 ? 0 : panels * 8 * length],
    product.c + 4 * (first * product.rows * columns + column),
    ...[product.cRow ?? columns, product.rows * columns, from > 0 || product.accumulates === true ? 1 : 0],
    ...[matrices * panels, 0, 0, fromB, bDepth, bColumn, bBatch],
  ]);
}

/** All columns, so that A is packed once, unless some threads would have no work. */
function columnsOfUnit(threads: number, otherUnits: number, width: number): number {
  const parts = threads === 1 ? 1 : Math.ceil((2 * threads) / otherUnits);
  return Math.max(64, 8 * Math.ceil(width / parts / 8));
}

/** Index in `part` of element `index` of the broadcast shape `full`. */
function broadcastIndex(index: number, full: readonly number[], part: readonly number[]): number {
  let [rest, from, stride] = [index, 0, 1];
  for (let axis = full.length - 1; axis >= full.length - part.length; axis--) {
    const extent = part[axis - full.length + part.length]!;
    if (extent > 1) from += (rest % full[axis]!) * stride;
    rest = Math.floor(rest / full[axis]!);
    stride *= extent;
  }
  return from;
}
