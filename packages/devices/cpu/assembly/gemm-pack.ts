import { bytes, int, pointer } from "./job";

/** Columns of a micro tile: two vectors. */
export const tileColumns: i32 = 8;

/**
 * Rows of the next micro tile where `left` rows are left: sixes, then fours, so that an even number leaves none over. Without
 * fused multiply-add a product needs a register of its own, so that only fours fit.
 */
export function tallOf(left: i32): i32 {
  return ASC_FEATURE_RELAXED_SIMD && (left === 6 || left > 8) ? 6 : 4;
}

/** Transposes a 4 x 4 block whose rows are `stride` bytes apart into four vectors `step` bytes apart. */
function transpose4(from: usize, stride: usize, to: usize, step: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  const r2 = v128.load(from + 2 * stride);
  const r3 = v128.load(from + 3 * stride);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** Stores the first two lanes. */
function storeHalf(to: usize, x: v128): void {
  v128.store64_lane(to, x, 0);
}

/** As `transpose4`, of 2 rows: four pairs. */
function transpose2(from: usize, stride: usize, to: usize, step: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  const low = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  v128.store64_lane(to, low, 0);
  v128.store64_lane(to + step, low, 1);
  v128.store64_lane(to + 2 * step, high, 0);
  v128.store64_lane(to + 3 * step, high, 1);
}

/**
 * Packs `width` (4, 6 or 8) rows or columns of an operand, `depth` long, so that the micro kernel reads them in order:
 * to[p * width + i] = from[i * across + p * along], 0 for i >= present. Strides in values.
 */
export function packPanel(from: usize, across: i32, along: i32, present: i32, width: i32, depth: i32, to: usize): void {
  const step = bytes(width);
  const alongBytes = bytes(along);
  const acrossBytes = bytes(across);
  if (present === width && across === 1) {
    for (let p = 0; p < depth; p++) {
      v128.store(to, v128.load(from));
      if (width === 8) v128.store(to, v128.load(from, 16), 16);
      else if (width === 6) storeHalf(to + 16, v128.load64_zero(from, 16));
      from += alongBytes;
      to += step;
    }
    return;
  }
  let done = 0;
  if (present === width && along === 1) {
    for (; done + 4 <= depth; done += 4) {
      transpose4(from, acrossBytes, to, step);
      if (width === 8) transpose4(from + 4 * acrossBytes, acrossBytes, to + 16, step);
      else if (width === 6) transpose2(from + 4 * acrossBytes, acrossBytes, to + 16, step);
      from += 16;
      to += 4 * step;
    }
  }
  for (; done < depth; done++) {
    for (let i = 0; i < width; i++) {
      store<f32>(to + bytes(i), i < present ? load<f32>(from + (i as usize) * acrossBytes) : 0);
    }
    from += alongBytes;
    to += step;
  }
}

/** Packs `rows` rows of A, `depth` long, as panels of as many rows as `tallOf` says, one behind the other. */
export function packRows(from: usize, aRow: i32, aDepth: i32, rows: i32, depth: i32, to: usize): void {
  let i = 0;
  if (ASC_FEATURE_RELAXED_SIMD && aRow === 1) {
    for (; rows - i > 14; i += 12) packTwelve(from + bytes(i), aDepth, depth, to + bytes(i * depth));
  }
  while (i < rows) {
    const tall = tallOf(rows - i);
    const at = from + (((i as usize) * (aRow as usize)) << 2);
    packPanel(at, aRow, aDepth, min(tall, rows - i), tall, depth, to + bytes(i * depth));
    i += tall;
  }
}

/** Packs 12 adjacent rows of A as two panels of 6: see `packSixteen`. */
function packTwelve(from: usize, along: i32, depth: i32, to: usize): void {
  const stride = bytes(along);
  let second = to + bytes(6 * depth);
  for (let p = 0; p < depth; p++) {
    const middle = v128.load(from, 16);
    const last = v128.load(from, 32);
    v128.store(to, v128.load(from));
    v128.store64_lane(to, middle, 0, 16);
    v128.store(second, v128.shuffle<f64>(middle, last, 1, 2));
    v128.store64_lane(second, last, 1, 16);
    from += stride;
    to += 24;
    second += 24;
  }
}

/**
 * Packs 16 adjacent columns of B at once, as two panels of 8: a cache line at a time, where `packPanel` would read half of
 * each line and find it evicted when it comes back for the other.
 */
function packSixteen(from: usize, along: i32, depth: i32, to: usize): void {
  const stride = bytes(along);
  let second = to + bytes(8 * depth);
  for (let p = 0; p < depth; p++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    v128.store(second, v128.load(from, 32));
    v128.store(second, v128.load(from, 48), 16);
    from += stride;
    to += 32;
    second += 32;
  }
}

// Slots of a job of `gemm` that say how B is packed, and how far the threads have come with it.
const columnsSlot: i32 = 1;
const depthSlot: i32 = 2;
const packedSlot: i32 = 8;
const panelsSlot: i32 = 14;
const takenSlot: i32 = 15;
const packedPanelsSlot: i32 = 16;
const operandSlot: i32 = 17;

/** Panels a thread takes at a time. */
const panelGroup: i32 = 4;
/** Looks this often whether the others have finished before it sleeps: some tens of microseconds. */
const packSpins: i32 = 1 << 14;
const waitNs: i64 = 100_000_000;
/** Waits of 100 ms before a thread that packs is taken for lost. */
const packWaits: i32 = 300;

/**
 * Packs B with the other threads that work on the job, and returns when all of it is packed: panels of 8 columns, each over the
 * whole depth. A thread that finds nothing left to take waits for those that have taken some.
 */
export function packTogether(job: usize): void {
  const panels = int(job, panelsSlot);
  const done = job + bytes(packedPanelsSlot);
  if (atomic.load<i32>(done) === panels) return;
  for (;;) {
    const first = atomic.add<i32>(job + bytes(takenSlot), panelGroup);
    if (first >= panels) break;
    const last = min(first + panelGroup, panels);
    packPanels(job, first, last);
    if (atomic.add<i32>(done, last - first) + (last - first) === panels) atomic.notify(done);
  }
  for (let spin = 0; spin < packSpins; spin++) if (atomic.load<i32>(done) === panels) return;
  for (let wait = 0; wait < packWaits; wait++) {
    const sofar = atomic.load<i32>(done);
    if (sofar === panels) return;
    atomic.wait<i32>(done, sofar, waitNs);
  }
  unreachable(); // the runner turns a trap into a lost device
}

/** Panels `begin` to `end`, counted over all matrices. Slots from 17: B, bDepth, bColumn, bBatch. */
function packPanels(job: usize, begin: i32, end: i32): void {
  const depthStride = int(job, operandSlot + 1);
  const columnStride = int(job, operandSlot + 2);
  const columns = int(job, columnsSlot);
  const depth = int(job, depthSlot);
  const panels = (columns + 7) >> 3;
  for (let unit = begin; unit < end; unit++) {
    const column = (unit % panels) << 3;
    const matrix = ((unit / panels) as usize) * (int(job, operandSlot + 3) as usize);
    const from = pointer(job, operandSlot) + ((matrix + (column as usize) * (columnStride as usize)) << 2);
    const to = pointer(job, packedSlot) + (unit as usize) * bytes(depth << 3);
    if (columnStride === 1 && unit + 1 < end && column + 16 <= columns) {
      packSixteen(from, depthStride, depth, to);
      unit++;
      continue;
    }
    packPanel(from, columnStride, depthStride, min(8, columns - column), 8, depth, to);
  }
}
