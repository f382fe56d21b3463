import { bytes, int, pointer } from "./job";
import { exp, loadPart, storePart, sumLanes } from "./math";

/**
 * `y = exp(x - largest) / sum of these` of one row, of which `largest` is the largest; y may be x.
 *
 * The sum runs by lane: where a value stands in its row decides which it joins, so that values masked far below the largest,
 * behind or between the others, change no bit. A NaN for `largest` makes all of the row NaN.
 */
export function normalizedPowers(x: usize, y: usize, columns: i32, largest: f32): void {
  const rest = columns & 3;
  const whole = columns - rest;
  const shift = f32x4.splat(largest);
  let sum = f32x4.splat(0);
  for (let i = 0; i < whole; i += 4) {
    const p = exp(f32x4.sub(v128.load(x + bytes(i)), shift));
    v128.store(y + bytes(i), p);
    sum = f32x4.add(sum, p);
  }
  if (rest > 0) {
    const p = exp(f32x4.sub(loadPart(x + bytes(whole), rest, -Infinity), shift));
    storePart(y + bytes(whole), rest, p);
    sum = f32x4.add(sum, p);
  }
  const inverse = f32x4.splat(1 / sumLanes(sum) + (largest - largest));
  for (let i = 0; i < whole; i += 4) v128.store(y + bytes(i), f32x4.mul(v128.load(y + bytes(i)), inverse));
  if (rest > 0) storePart(y + bytes(whole), rest, f32x4.mul(loadPart(y + bytes(whole), rest, 0), inverse));
}

/** Softmax of each row. Units are rows. Slots: x, y, columns. */
export function softmax(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const columns = int(job, 2);
  const rest = columns & 3;
  const whole = columns - rest;
  for (let row = begin; row < end; row++) {
    const x = pointer(job, 0) + (row as usize) * bytes(columns);
    let most = f32x4.splat(-Infinity);
    for (let i = 0; i < whole; i += 4) most = f32x4.max(most, v128.load(x + bytes(i))); // keeps a NaN
    if (rest > 0) most = f32x4.max(most, loadPart(x + bytes(whole), rest, -Infinity));
    const largest = max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    );
    normalizedPowers(x, pointer(job, 1) + (row as usize) * bytes(columns), columns, largest);
  }
}
