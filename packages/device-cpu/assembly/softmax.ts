import { bytes, int, pointer } from "./job";
import { exp, loadPart, storePart, sumLanes } from "./math";

/** Softmax of each row; values that are masked far below the largest, behind or between the others, change no bit. Units are rows. Slots: x, y, columns. */
export function softmax(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const columns = int(job, 2);
  const rest = columns & 3;
  const whole = columns - rest;
  for (let row = begin; row < end; row++) {
    const x = pointer(job, 0) + (row as usize) * bytes(columns);
    const y = pointer(job, 1) + (row as usize) * bytes(columns);
    let most = f32x4.splat(-Infinity);
    for (let i = 0; i < whole; i += 4) most = f32x4.max(most, v128.load(x + bytes(i))); // keeps a NaN
    if (rest > 0) most = f32x4.max(most, loadPart(x + bytes(whole), rest, -Infinity));
    const largest = max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    );
    const shift = f32x4.splat(largest);
    let sum = f32x4.splat(0); // by lane: where a value stands in its row decides which it joins
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
    const inverse = f32x4.splat(1 / sumLanes(sum) + (largest - largest)); // a NaN in a row makes all of it NaN
    for (let i = 0; i < whole; i += 4) v128.store(y + bytes(i), f32x4.mul(v128.load(y + bytes(i)), inverse));
    if (rest > 0) storePart(y + bytes(whole), rest, f32x4.mul(loadPart(y + bytes(whole), rest, 0), inverse));
  }
}
