import { packPanel, tileColumns, tileRows } from "./gemm-pack";
import { bytes, int, pointer } from "./job";
import { multiplyAdd } from "./math";

// Block sizes: a packed block of A (64 x 256, 64 KiB) and one of B (256 x 512, 512 KiB) fit the caches of a core.
const blockRows: i32 = 64;
const blockColumns: i32 = 512;
const blockDepth: i32 = 256;
const packedA: usize = 64 * 256 * 4;
const packedB: usize = 512 * 256 * 4;

/**
 * Tile of `C += A B` from packed panels: 4 rows, 8 columns, `depth` products each, added in the order of the depth.
 * Where `fresh`, C starts at 0. Every value is one chain of multiply-adds, whatever the tile or block it falls into.
 */
function tile(depth: i32, a: usize, b: usize, c: usize, rowBytes: usize, fresh: bool): void {
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

/** A tile at the edge of C: computed whole in `spare` (128 bytes), of which only the part inside C is copied. */
function edgeTile(
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
  tile(depth, a, b, spare, 32, fresh);
  for (let i = 0; i < rows; i++) {
    memory.copy(c + (i as usize) * rowBytes, spare + ((i as usize) << 5), bytes(columns));
  }
}

/** `C = A B` for a rectangle of C; strides in values, the columns of C are adjacent. */
export function multiply(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aRow: i32,
  aDepth: i32,
  b: usize,
  bDepth: i32,
  bColumn: i32,
  c: usize,
  cRow: i32,
  scratch: usize,
): void {
  const panelsB = scratch + packedA;
  const spare = panelsB + packedB;
  const rowBytes = bytes(cRow);
  for (let n = 0; n < columns; n += blockColumns) {
    const width = min(blockColumns, columns - n);
    for (let k = 0; k < depth; k += blockDepth) {
      const length = min(blockDepth, depth - k);
      const fresh = k === 0;
      const fromB = b + bytes(1) * ((k as usize) * (bDepth as usize) + (n as usize) * (bColumn as usize));
      for (let j = 0; j < width; j += tileColumns) {
        const panel = panelsB + bytes(j * length);
        packPanel(fromB + bytes(j) * (bColumn as usize), bColumn, bDepth, min(8, width - j), 8, length, panel);
      }
      for (let m = 0; m < rows; m += blockRows) {
        const height = min(blockRows, rows - m);
        const fromA = a + bytes(1) * ((m as usize) * (aRow as usize) + (k as usize) * (aDepth as usize));
        for (let i = 0; i < height; i += tileRows) {
          const panel = scratch + bytes(i * length);
          packPanel(fromA + bytes(i) * (aRow as usize), aRow, aDepth, min(4, height - i), 4, length, panel);
        }
        const toC = c + (m as usize) * rowBytes + bytes(n);
        for (let j = 0; j < width; j += tileColumns) {
          const panelB = panelsB + bytes(j * length);
          const present = min(tileColumns, width - j);
          for (let i = 0; i < height; i += tileRows) {
            const to = toC + (i as usize) * rowBytes + bytes(j);
            const panelA = scratch + bytes(i * length);
            const tall = min(tileRows, height - i);
            if (tall === tileRows && present === tileColumns) tile(length, panelA, panelB, to, rowBytes, fresh);
            else edgeTile(length, panelA, panelB, to, rowBytes, fresh, tall, present, spare);
          }
        }
      }
    }
  }
}

/**
 * Batched `C = op(A) op(B)`. A unit is one rectangle of one matrix: `unitRows` x `unitColumns`, rows fastest.
 * Slots: rows, columns, depth, unitRows, unitColumns, A, aRow, aDepth, aBatch, B, bDepth, bColumn, bBatch, C, cBatch.
 */
export function gemm(job: usize, begin: i32, end: i32, scratch: usize): void {
  const rows = int(job, 0);
  const columns = int(job, 1);
  const depth = int(job, 2);
  const unitRows = int(job, 3);
  const unitColumns = int(job, 4);
  const aRow = int(job, 6);
  const aDepth = int(job, 7);
  const bDepth = int(job, 10);
  const bColumn = int(job, 11);
  const down = (rows + unitRows - 1) / unitRows;
  const across = (columns + unitColumns - 1) / unitColumns;
  for (let unit = begin; unit < end; unit++) {
    const m = (unit % down) * unitRows;
    const n = ((unit / down) % across) * unitColumns;
    const batch = (unit / (down * across)) as usize;
    multiply(
      min(unitRows, rows - m),
      min(unitColumns, columns - n),
      depth,
      pointer(job, 5) + bytes(1) * (batch * (int(job, 8) as usize) + (m as usize) * (aRow as usize)),
      aRow,
      aDepth,
      pointer(job, 9) + bytes(1) * (batch * (int(job, 12) as usize) + (n as usize) * (bColumn as usize)),
      bDepth,
      bColumn,
      pointer(job, 13) +
        bytes(1) * (batch * (int(job, 14) as usize) + (m as usize) * (columns as usize) + (n as usize)),
      columns,
      scratch,
    );
  }
}
