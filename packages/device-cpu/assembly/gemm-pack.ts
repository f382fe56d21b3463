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

/**
 * Packs B (depth x columns) into panels of 8 columns, each over the whole depth. Units are panels of one matrix.
 * Slots: B, bDepth, bColumn, bBatch, columns, depth, packed.
 */
export function packColumns(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const depthStride = int(job, 1);
  const columnStride = int(job, 2);
  const columns = int(job, 4);
  const depth = int(job, 5);
  const panels = (columns + 7) >> 3;
  for (let unit = begin; unit < end; unit++) {
    const column = (unit % panels) << 3;
    const from = ((unit / panels) as usize) * (int(job, 3) as usize) + (column as usize) * (columnStride as usize);
    const to = pointer(job, 6) + (unit as usize) * bytes(depth << 3);
    if (columnStride === 1 && unit + 1 < end && column + 16 <= columns) {
      packLine(pointer(job, 0) + (from << 2), depthStride, 8, depth, to, bytes(depth << 3));
      unit++;
      continue;
    }
    packPanel(pointer(job, 0) + (from << 2), columnStride, depthStride, min(8, columns - column), 8, depth, to);
  }
}
