import { bytes, float, int, pointer } from "./job";
import { loadPart, storePart } from "./math";

// Sums run in float64, so that they neither drift with their length nor change when zeros are appended.

function lowHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

function highHalf(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 0, 1));
}

/** Sum of each column. Units are groups of 4 columns of one of `outer` matrices. Slots: x, y, rows, columns, scale. */
export function columnSum(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const rows = int(job, 2);
  const columns = int(job, 3);
  const groups = (columns + 3) >> 2;
  const scale = f64x2.splat(float(job, 4) as f64);
  const stride = bytes(columns);
  for (let unit = begin; unit < end; unit++) {
    const first = (unit % groups) << 2;
    const matrix = (unit / groups) as usize;
    const count = min(4, columns - first);
    let x = pointer(job, 0) + matrix * (rows as usize) * stride + bytes(first);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let row = 0; row < rows; row++) {
      const values = count === 4 ? v128.load(x) : loadPart(x, count, 0);
      low = f64x2.add(low, lowHalf(values));
      high = f64x2.add(high, highHalf(values));
      x += stride;
    }
    const sums = v128.shuffle<f32>(
      f32x4.demote_f64x2_zero(f64x2.mul(low, scale)),
      f32x4.demote_f64x2_zero(f64x2.mul(high, scale)),
      0,
      1,
      4,
      5,
    );
    const to = pointer(job, 1) + matrix * stride + bytes(first);
    if (count === 4) v128.store(to, sums);
    else storePart(to, count, sums);
  }
}

/** Writes one row over every row. Units are rows. Slots: row, y, columns. */
export function repeatRow(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const rowBytes = bytes(int(job, 2));
  for (let row = begin; row < end; row++)
    memory.copy(pointer(job, 1) + (row as usize) * rowBytes, pointer(job, 0), rowBytes);
}

/** `scale * sum` of each row. Units are rows. Slots: x, y, columns, scale. */
export function rowSum(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const columns = int(job, 2);
  const scale = float(job, 3) as f64;
  for (let row = begin; row < end; row++) {
    const x = pointer(job, 0) + (row as usize) * bytes(columns);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let i = 0;
    for (; i + 4 <= columns; i += 4) {
      const values = v128.load(x + bytes(i));
      low = f64x2.add(low, lowHalf(values));
      high = f64x2.add(high, highHalf(values));
    }
    if (i < columns) {
      const values = loadPart(x + bytes(i), columns - i, 0);
      low = f64x2.add(low, lowHalf(values));
      high = f64x2.add(high, highHalf(values));
    }
    const both = f64x2.add(low, high);
    const sum = (f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)) * scale;
    store<f32>(pointer(job, 1) + bytes(row), sum as f32);
  }
}

/** Values summed into one partial sum of squares. */
const squaresBlock: i32 = 16384;

/** Sum of squares of each block of 16384 values. Units are blocks. Slots: x, partial sums (float64), size. */
export function sumOfSquares(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const x = pointer(job, 0);
  const size = int(job, 2);
  for (let block = begin; block < end; block++) {
    const last = min((block + 1) * squaresBlock, size);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let i = block * squaresBlock;
    for (; i + 4 <= last; i += 4) {
      const values = v128.load(x + bytes(i));
      const a = lowHalf(values);
      const b = highHalf(values);
      low = f64x2.add(low, f64x2.mul(a, a));
      high = f64x2.add(high, f64x2.mul(b, b));
    }
    const both = f64x2.add(low, high);
    let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    for (; i < last; i++) {
      const value = load<f32>(x + bytes(i)) as f64;
      sum += value * value;
    }
    store<f64>(pointer(job, 1) + ((block as usize) << 3), sum);
  }
}

/** Zeros. Units are blocks of 4096 values. Slots: y, size. */
export function zeros(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const last = min(end << 12, int(job, 1));
  memory.fill(pointer(job, 0) + bytes(begin << 12), 0, bytes(last - (begin << 12)));
}

/**
 * Adds rows by id: `table[ids[r]] += dy[r]`, in the order of the rows; ids outside the table are left out.
 * Units are groups of 16 channels. Slots: dy, ids, table, rows, channels, size.
 */
export function segmentSum(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const ids = pointer(job, 1);
  const rows = int(job, 3);
  const channels = int(job, 4);
  const size = int(job, 5);
  const first = begin << 4;
  const count = min(end << 4, channels) - first;
  const stride = bytes(channels);
  const table = pointer(job, 2) + bytes(first);
  for (let row = 0; row < rows; row++) {
    const id = load<i32>(ids + bytes(row));
    if (id < 0 || id >= size) continue;
    const from = pointer(job, 0) + (row as usize) * stride + bytes(first);
    const to = table + (id as usize) * stride;
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      v128.store(to + bytes(i), f32x4.add(v128.load(to + bytes(i)), v128.load(from + bytes(i))));
    }
    for (; i < count; i++) store<f32>(to + bytes(i), load<f32>(to + bytes(i)) + load<f32>(from + bytes(i)));
  }
}

/** Copies rows: `y[r] = table[ids[r]]`; an id outside the table gives zeros. Units are rows. Slots: table, ids, y, bytes of a row, size. */
export function gatherRows(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const rowBytes = int(job, 3) as usize;
  for (let row = begin; row < end; row++) {
    const id = load<i32>(pointer(job, 1) + bytes(row));
    const to = pointer(job, 2) + (row as usize) * rowBytes;
    if (id < 0 || id >= int(job, 4)) memory.fill(to, 0, rowBytes);
    else memory.copy(to, pointer(job, 0) + (id as usize) * rowBytes, rowBytes);
  }
}
