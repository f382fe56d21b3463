import { bytes, int, pointer } from "./job";

/** Rows of a micro tile. */
export const tileRows: i32 = 4;
/** Columns of a micro tile: two vectors. */
export const tileColumns: i32 = 8;

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

/**
 * Packs `width` (4 or 8) rows or columns of an operand, `depth` long, so that the micro kernel reads them in order:
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

/**
 * Packs 16 adjacent rows or columns at once, as 16 / width panels `panelBytes` apart: a cache line at a time, where
 * `packPanel` would read a quarter of each line and find it evicted when it comes back for the next.
 */
export function packLine(from: usize, along: i32, width: i32, depth: i32, to: usize, panelBytes: usize): void {
  const step = bytes(width);
  const second = width === 4 ? panelBytes : 16;
  const third = width === 4 ? 2 * panelBytes : panelBytes;
  const fourth = width === 4 ? 3 * panelBytes : panelBytes + 16;
  const stride = bytes(along);
  for (let p = 0; p < depth; p++) {
    v128.store(to, v128.load(from));
    v128.store(to + second, v128.load(from, 16));
    v128.store(to + third, v128.load(from, 32));
    v128.store(to + fourth, v128.load(from, 48));
    from += stride;
    to += step;
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
      packLine(from, depthStride, 8, depth, to, bytes(depth << 3));
      unit++;
      continue;
    }
    packPanel(from, columnStride, depthStride, min(8, columns - column), 8, depth, to);
  }
}
