import { storageOf, tf } from "@petl/tensor";
import { type GpuKernel, type KernelContext, rowsOf, sizeOf, type TensorInfo } from "./context.js";
import { matMulProgram, type Variant } from "./mat-mul-program.js";
import type { Program } from "./program.js";
import { storedBindings, storedPlaces, storedVariant } from "./stored-weights.js";
import { sumRows } from "./sums.js";

/** Workgroups that keep a large GPU busy; below this, tiles are smaller. */
const busyGroups = 128;
/** Below this number of workgroups, most of any GPU is idle. */
const fewGroups = 8;
/** Bytes of workgroup memory for the largest tiles. */
const largeTileBytes = 2 * 128 * 5 * 16;
/** Depth of a piece if a weight's gradient, whose depth is all tokens, is cut into pieces. */
const pieceDepth = 1024;
/** Maximum workgroups of a dispatch in one dimension. */
const mostGroups = 65535;

const programs = new Map<string, Program>();
function programOf(variant: Variant): Program {
  const key = JSON.stringify(variant);
  const program = programs.get(key) ?? matMulProgram(variant);
  programs.set(key, program);
  return program;
}

interface Product {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly batchA: number;
  readonly batchB: number;
  readonly splits: number;
}

const groupsOf = ({ batch, rows, columns, splits }: Product, tileRows: number, tileColumns: number) =>
  [Math.ceil(columns / tileColumns), Math.ceil(rows / tileRows), batch * splits] as const;

function tileOf(context: KernelContext, product: Product): Pick<Variant, "tileRows" | "tileColumns"> {
  const { rows, columns } = product;
  const isLarge =
    rows > 64 &&
    columns > 64 &&
    sizeOf(groupsOf(product, 128, 128)) >= busyGroups &&
    context.backend.device.limits.maxComputeWorkgroupStorageSize >= largeTileBytes;
  if (isLarge) return { tileRows: 128, tileColumns: 128 };
  const isTiny = sizeOf(groupsOf(product, 64, 64)) < fewGroups;
  return { tileRows: rows > 16 && !isTiny ? 64 : 16, tileColumns: columns > 16 && !isTiny ? 64 : 16 };
}

/** `op(a) op(b)` over the last two axes of float32; `stock` for other types and for partly broadcast leading axes. */
export function batchMatMul(stock: tf.KernelFunc): GpuKernel {
  return (context, inputs, attributes) => {
    const [a, b] = [inputs.a!, inputs.b!];
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    const product = productOf(a, b, transposeA, transposeB);
    if (product === null || groupsOf(product, 16, 16).some((count) => count > mostGroups)) {
      const attrs = attributes as tf.NamedAttrMap;
      return stock({ inputs: { a, b }, attrs, backend: context.backend });
    }
    const { batch, rows, columns, depth, splits } = product;
    const leading = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const shape = [...leading, ...[transposeA ? a.shape.at(-1)! : a.shape.at(-2)!, columns]];
    const result = context.output(splits === 1 ? shape : [splits, rows, columns]);
    const tile = tileOf(context, product);
    const { batchA, batchB } = product;
    context.run(
      programOf({ ...tile, transposeA, transposeB }),
      { a, b, result },
      [rows, columns, depth, batchA, batchB, splits, splits === 1 ? depth : pieceDepth],
      groupsOf({ ...product, batch }, tile.tileRows, tile.tileColumns),
    );
    if (splits === 1) return result;
    const sum = sumRows(context, result, splits, rows * columns);
    context.free(result);
    return { ...sum, shape };
  };
}

/** `y = x W^T + b` over the last axis, or `y = x W + b` if `transposed`; a stored weight is decoded tile by tile. */
export const linear: GpuKernel = (context, { x, weight, bias }, { transposed }) => {
  const [stored, across] = weight!.shape as [number, number];
  const [depth, columns] = transposed === true ? [stored, across] : [across, stored];
  const { rows, channels } = rowsOf(x!);
  if (channels !== depth)
    throw new Error(`webgpu linear: expected ${depth} channels for weight [${weight!.shape}], got x [${x!.shape}]`);
  const product: Product = { batch: 1, rows, columns, depth, batchA: 0, batchB: 0, splits: 1 };
  const tile = tileOf(context, product);
  const groups = groupsOf(product, tile.tileRows, tile.tileColumns);
  if (groups.some((count) => count > mostGroups))
    throw new Error(`webgpu linear: expected at most ${mostGroups * tile.tileRows} rows, got x [${x!.shape}]`);
  const result = context.output([...x!.shape.slice(0, -1), columns]);
  const isStored = storageOf(weight!) !== null;
  context.run(
    programOf({
      ...{ ...tile, transposeA: false, transposeB: transposed !== true, bias: bias !== undefined },
      stored: isStored ? storedVariant(weight!) : undefined,
    }),
    { a: x, bias, result, ...(isStored ? storedBindings(context, weight!) : { b: weight }) },
    [rows, columns, depth, 0, 0, 1, depth, ...(isStored ? storedPlaces(weight!) : [])],
    groups,
  );
  return result;
};

/** Null if this package's shaders do not cover it. */
function productOf(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): Product | null {
  if (a.dtype !== "float32" || b.dtype !== "float32" || a.shape.length < 2 || b.shape.length < 2) return null;
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [innerB, columns] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  const [countA, countB] = [sizeOf(a.shape.slice(0, -2)), sizeOf(b.shape.slice(0, -2))];
  const batch = Math.max(countA, countB);
  const isWhole = [1, batch].includes(countA) && [1, batch].includes(countB);
  if (depth !== innerB || !isWhole || batch * rows * columns * depth === 0) return null;
  if (countB === 1 && !transposeA) {
    // one matrix product for all rows
    return { batch: 1, rows: batch * rows, columns, depth, batchA: 0, batchB: 0, splits: 1 };
  }
  const splits = transposeA && batch === 1 && depth >= 2 * pieceDepth ? Math.ceil(depth / pieceDepth) : 1;
  const [batchA, batchB] = [countA === 1 ? 0 : rows * depth, countB === 1 ? 0 : depth * columns];
  return { batch, rows, columns, depth, batchA, batchB, splits };
}
