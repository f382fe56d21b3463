import { packRows, packTogether, tallOf, tileColumns } from "./gemm-pack";
import { bytes, int, pointer } from "./job";
import { multiplyAdd } from "./math";

// A packed block of A (64 x 256, 64 KiB) stays in the second-level cache, a panel of B (8 x 256) in the first.
const blockRows: i32 = 64;
const blockDepth: i32 = 256;
const packedA: usize = 64 * 256 * 4;

/**
 * Tile of `C += A B` from packed panels: 6 rows, 8 columns, `depth` products each, added in the order of the depth.
 * Where `fresh`, C starts at 0. Every value is one chain of multiply-adds, whatever the tile or block it falls into.
 *
 * Twelve sums, two vectors of B and one of A are the fifteen registers there are. Unrolled, V8 spills them: half as fast.
 */
function tile6(depth: i32, a: usize, b: usize, c: usize, rowBytes: usize, fresh: bool): void {
  let c00 = v128.splat<f32>(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let c40 = c00;
  let c41 = c00;
  let c50 = c00;
  let c51 = c00;
  const c1 = c + rowBytes;
  const c2 = c1 + rowBytes;
  const c3 = c2 + rowBytes;
  const c4 = c3 + rowBytes;
  const c5 = c4 + rowBytes;
  if (!fresh) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c1);
    c11 = v128.load(c1, 16);
    c20 = v128.load(c2);
    c21 = v128.load(c2, 16);
    c30 = v128.load(c3);
    c31 = v128.load(c3, 16);
    c40 = v128.load(c4);
    c41 = v128.load(c4, 16);
    c50 = v128.load(c5);
    c51 = v128.load(c5, 16);
  }
  for (let p = 0; p < depth; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    x = v128.load_splat<f32>(a, 16);
    c40 = multiplyAdd(x, b0, c40);
    c41 = multiplyAdd(x, b1, c41);
    x = v128.load_splat<f32>(a, 20);
    c50 = multiplyAdd(x, b0, c50);
    c51 = multiplyAdd(x, b1, c51);
    a += 24;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
  v128.store(c4, c40);
  v128.store(c4, c41, 16);
  v128.store(c5, c50);
  v128.store(c5, c51, 16);
}

/** `tile6` with 4 rows, for what is left of a block. */
function tile4(depth: i32, a: usize, b: usize, c: usize, rowBytes: usize, fresh: bool): void {
  let c00 = v128.splat<f32>(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const c1 = c + rowBytes;
  const c2 = c1 + rowBytes;
  const c3 = c2 + rowBytes;
  if (!fresh) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c1);
    c11 = v128.load(c1, 16);
    c20 = v128.load(c2);
    c21 = v128.load(c2, 16);
    c30 = v128.load(c3);
    c31 = v128.load(c3, 16);
  }
  for (let p = 0; p < depth; p++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    a += 16;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
}

/** A tile at the edge of C: computed whole in `spare` (192 bytes), of which only the part inside C is copied. */
function edgeTile(
  tall: i32,
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  rowBytes: usize,
  fresh: bool,
  rows: i32,
  columns: i32,
  spare: usize,
): void {
  if (!fresh) {
    for (let i = 0; i < rows; i++) {
      memory.copy(spare + ((i as usize) << 5), c + (i as usize) * rowBytes, bytes(columns));
    }
  }
  if (tall === 6) tile6(depth, a, b, spare, 32, fresh);
  else tile4(depth, a, b, spare, 32, fresh);
  for (let i = 0; i < rows; i++) {
    memory.copy(c + (i as usize) * rowBytes, spare + ((i as usize) << 5), bytes(columns));
  }
}

/**
 * Batched `C = op(A) B`. The threads first pack B together, then a unit is a rectangle of one C: at most 64 rows,
 * `unitColumns` columns (a multiple of 8); rows fastest. With `accumulate`, C goes on from what it holds.
 * Slots: rows, columns, depth, unitColumns, A, aRow, aDepth, aBatch, room for B packed, its batch stride, C, cRow, cBatch,
 * accumulate, panels of all matrices, 0, 0, B, bDepth, bColumn, bBatch.
 */
export function gemm(job: usize, begin: i32, end: i32, scratch: usize): void {
  packTogether(job);
  const rows = int(job, 0);
  const columns = int(job, 1);
  const depth = int(job, 2);
  const unitColumns = int(job, 3);
  const aRow = int(job, 5) as usize;
  const down = (rows + blockRows - 1) / blockRows;
  const across = (columns + unitColumns - 1) / unitColumns;
  const rowBytes = bytes(int(job, 11));
  for (let unit = begin; unit < end; unit++) {
    const row = (unit % down) * blockRows;
    const column = ((unit / down) % across) * unitColumns;
    const batch = (unit / (down * across)) as usize;
    rectangle(
      min(blockRows, rows - row),
      min(unitColumns, columns - column),
      depth,
      pointer(job, 4) + ((batch * (int(job, 7) as usize) + (row as usize) * aRow) << 2),
      int(job, 5),
      int(job, 6),
      pointer(job, 8) + ((batch * (int(job, 9) as usize) + (column as usize) * (depth as usize)) << 2),
      depth,
      pointer(job, 10) + ((batch * (int(job, 12) as usize) + (column as usize)) << 2) + (row as usize) * rowBytes,
      rowBytes,
      int(job, 13) === 0,
      scratch,
    );
  }
}

/**
 * At most 64 rows of `C = A B`: A by its strides in values, B packed in panels of 8 columns and `panelDepth` rows, of which the first
 * `depth` count.
 */
export function rectangle(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aRow: i32,
  aDepth: i32,
  packed: usize,
  panelDepth: i32,
  c: usize,
  rowBytes: usize,
  freshStart: bool,
  scratch: usize,
): void {
  const spare = scratch + packedA;
  for (let k = 0; k < depth; k += blockDepth) {
    const length = min(blockDepth, depth - k);
    const fresh = freshStart && k === 0;
    const fromA = a + (((k as usize) * (aDepth as usize)) << 2);
    packRows(fromA, aRow, aDepth, rows, length, scratch);
    for (let j = 0; j < columns; j += tileColumns) {
      const panelB = packed + (((j as usize) * (panelDepth as usize)) << 2) + bytes(k << 3);
      const width = min(tileColumns, columns - j);
      let i = 0;
      while (i < rows) {
        const to = c + (i as usize) * rowBytes + bytes(j);
        const panelA = scratch + bytes(i * length);
        const tall = tallOf(rows - i);
        const height = min(tall, rows - i);
        if (height < tall || width < tileColumns) {
          edgeTile(tall, length, panelA, panelB, to, rowBytes, fresh, height, width, spare);
        } else if (tall === 6) tile6(length, panelA, panelB, to, rowBytes, fresh);
        else tile4(length, panelA, panelB, to, rowBytes, fresh);
        i += tall;
      }
    }
  }
}
