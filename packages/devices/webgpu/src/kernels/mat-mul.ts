import { storageOf, tf } from "@petl/tensor";
import { type GpuKernel, type KernelContext, rowsOf, sizeOf, type TensorInfo } from "./context.js";
import { matMulProgram, nameOfMatMul, type Variant } from "./mat-mul-program.js";
import {
  extentsOf,
  matrixUnitProgram,
  nameOfUnitProgram,
  type UnitVariant,
  workgroupBytes,
} from "./matrix-unit-program.js";
import type { Dialect, UnitTile } from "./matrix-units.js";
import { unitTiles } from "./product-path.js";
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
/** Rows or columns up to which a product is narrow. */
const narrow = 16;

const programs = new Map<string, Program>();
function cached<Each>(variant: Each, nameOf: (variant: Each) => string, make: (variant: Each) => Program): Program {
  const name = nameOf(variant);
  const program = programs.get(name) ?? make(variant);
  programs.set(name, program);
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

/** What a program is chosen by, beside the extents of the product. */
type Layout = Pick<Variant, "transposeA" | "transposeB" | "stored" | "bias">;

/** A program, and the tile that each of its workgroups computes. */
interface Tiled {
  readonly program: Program;
  readonly rows: number;
  readonly columns: number;
}

const groupsOf = (
  { batch, rows, columns, splits }: Product,
  tile: { readonly rows: number; readonly columns: number },
) => [Math.ceil(columns / tile.columns), Math.ceil(rows / tile.rows), batch * splits] as const;
const countGroups = (product: Product, tileRows: number, tileColumns: number): number =>
  sizeOf(groupsOf(product, { rows: tileRows, columns: tileColumns }));

function tileOf(context: KernelContext, product: Product): Pick<Variant, "tileRows" | "tileColumns"> {
  const { rows, columns } = product;
  const isLarge =
    rows > 64 &&
    columns > 64 &&
    countGroups(product, 128, 128) >= busyGroups &&
    context.backend.device.limits.maxComputeWorkgroupStorageSize >= largeTileBytes;
  if (isLarge) return { tileRows: 128, tileColumns: 128 };
  const isTiny = countGroups(product, 64, 64) < fewGroups;
  return { tileRows: rows > 16 && !isTiny ? 64 : 16, tileColumns: columns > 16 && !isTiny ? 64 : 16 };
}

/** The program of a product on the device's path. */
function tiledProgram(context: KernelContext, product: Product, layout: Layout): Tiled {
  const { products } = context;
  if (products.kind === "matrix-units") return unitProgram(context, product, layout, products);
  const tile = tileOf(context, product);
  const variant: Variant = { ...tile, ...layout, half: products.kind === "shader-f16" };
  return { program: cached(variant, nameOfMatMul, matMulProgram), rows: tile.tileRows, columns: tile.tileColumns };
}

type MatrixUnits = Extract<KernelContext["products"], { readonly kind: "matrix-units" }>;

function unitProgram(
  context: KernelContext,
  product: Product,
  layout: Layout,
  { unit, split, dialect }: MatrixUnits,
): Tiled {
  const { rows, columns, depth } = product;
  const tiles = unitTiles(unit, split);
  const largest = extentsOf(tiles.large, unit);
  const isLarge = countGroups(product, largest.rows, largest.columns) >= busyGroups;
  const square = rows > largest.rows / 2 && columns > largest.columns / 2 && isLarge ? tiles.large : tiles.small;
  const tile = columns <= narrow ? tiles.high : rows <= narrow ? tiles.wide : square;
  const { transposeA, transposeB, stored, bias } = layout;
  const sizes = { unit, split, ...room(context, { unit, split }, dialect, [tile, tiles.small]) };
  const extents = extentsOf(sizes.tile, unit);
  const variant: UnitVariant = {
    whole: rows >= extents.rows && columns >= extents.columns && columns % 4 === 0,
    ...{ ...sizes, transposeA, transposeB, stored, bias: bias === true },
    quadsA: (transposeA ? rows : depth) % 4 === 0,
    quadsB: stored === undefined ? (transposeB ? depth : columns) % 4 === 0 : stored.wholeQuads,
  };
  const program =
    dialect === undefined ? cached(variant, nameOfUnitProgram, matrixUnitProgram) : matrixUnitProgram(variant, dialect);
  return { program, ...extents };
}

/** The tile with two buffers where workgroup memory has room for them, else with one, else a smaller tile. */
function room(
  context: KernelContext,
  kind: Pick<UnitVariant, "unit" | "split">,
  dialect: Dialect | undefined,
  tiles: readonly UnitTile[],
): Pick<UnitVariant, "tile" | "buffers"> {
  const { maxComputeWorkgroupStorageSize: most } = context.backend.device.limits;
  const choices = tiles.flatMap((tile) => [
    { tile, buffers: 2 as const },
    { tile, buffers: 1 as const },
  ]);
  return choices.find((choice) => workgroupBytes({ ...kind, ...choice }, dialect) <= most) ?? choices.at(-1)!;
}

/** `op(a) op(b)` over the last two axes of float32; `stock` for other types and for partly broadcast leading axes. */
export function batchMatMul(stock: tf.KernelFunc): GpuKernel {
  return (context, inputs, attributes) => {
    const [a, b] = [inputs.a!, inputs.b!];
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    const product = productOf(a, b, transposeA, transposeB);
    if (product === null || groupsOf(product, { rows: 16, columns: 16 }).some((count) => count > mostGroups)) {
      const attrs = attributes as tf.NamedAttrMap;
      return stock({ inputs: { a, b }, attrs, backend: context.backend });
    }
    const { rows, columns, depth, splits, batchA, batchB } = product;
    const leading = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const shape = [...leading, ...[transposeA ? a.shape.at(-1)! : a.shape.at(-2)!, columns]];
    const result = context.output(splits === 1 ? shape : [splits, rows, columns]);
    const { program, ...tile } = tiledProgram(context, product, { transposeA, transposeB });
    const uniforms = [rows, columns, depth, batchA, batchB, splits, splits === 1 ? depth : pieceDepth];
    context.run(program, { a, b, result }, uniforms, groupsOf(product, tile));
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
  const isStored = storageOf(weight!) !== null;
  const { program, ...tile } = tiledProgram(context, product, {
    ...{ transposeA: false, transposeB: transposed !== true, bias: bias !== undefined },
    stored: isStored ? storedVariant(weight!) : undefined,
  });
  const groups = groupsOf(product, tile);
  if (groups.some((count) => count > mostGroups))
    throw new Error(`webgpu linear: expected at most ${mostGroups * tile.rows} rows, got x [${x!.shape}]`);
  const result = context.output([...x!.shape.slice(0, -1), columns]);
  context.run(
    program,
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
