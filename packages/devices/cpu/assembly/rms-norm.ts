import { bytes, float, int, pointer } from "./job";
import { loadPart, multiplyAdd, storePart, sumLanes } from "./math";

/** `1 / sqrt(mean(x^2) + epsilon)` of one row. */
function inverseRms(x: usize, channels: i32, epsilon: f32): f32 {
  let sum = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= channels; i += 4) {
    const value = v128.load(x + bytes(i));
    sum = multiplyAdd(value, value, sum);
  }
  if (i < channels) {
    const value = loadPart(x + bytes(i), channels - i, 0);
    sum = multiplyAdd(value, value, sum);
  }
  return 1 / sqrt<f32>(sumLanes(sum) / (channels as f32) + epsilon);
}

function weightAt(weight: usize, i: i32): v128 {
  return weight === 0 ? f32x4.splat(1) : v128.load(weight + bytes(i));
}

function weightPart(weight: usize, i: i32, count: i32): v128 {
  return weight === 0 ? f32x4.splat(1) : loadPart(weight + bytes(i), count, 0);
}

/** Units are rows. Slots: x, weight or 0, y, channels, epsilon. */
export function rmsNorm(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const weight = pointer(job, 1);
  const channels = int(job, 3);
  for (let row = begin; row < end; row++) {
    const at = (row as usize) * bytes(channels);
    const x = pointer(job, 0) + at;
    const y = pointer(job, 2) + at;
    const inverse = f32x4.splat(inverseRms(x, channels, float(job, 4)));
    let i = 0;
    for (; i + 4 <= channels; i += 4) {
      v128.store(y + bytes(i), f32x4.mul(f32x4.mul(v128.load(x + bytes(i)), inverse), weightAt(weight, i)));
    }
    const rest = channels - i;
    if (rest > 0) {
      const value = f32x4.mul(f32x4.mul(loadPart(x + bytes(i), rest, 0), inverse), weightPart(weight, i, rest));
      storePart(y + bytes(i), rest, value);
    }
  }
}

/**
 * `dx = inverse (dy w - u mean(dy w u))` with `u = x inverse`. Units are rows.
 * Slots: dy, x, weight or 0, dx, channels, epsilon.
 */
export function rmsNormGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const weight = pointer(job, 2);
  const channels = int(job, 4);
  for (let row = begin; row < end; row++) {
    const at = (row as usize) * bytes(channels);
    const dy = pointer(job, 0) + at;
    const x = pointer(job, 1) + at;
    const dx = pointer(job, 3) + at;
    const inverse = inverseRms(x, channels, float(job, 5));
    const rest = channels & 3;
    const whole = channels - rest;
    let sum = f32x4.splat(0);
    for (let i = 0; i < whole; i += 4) {
      const unit = f32x4.mul(v128.load(dy + bytes(i)), weightAt(weight, i));
      sum = multiplyAdd(unit, v128.load(x + bytes(i)), sum);
    }
    if (rest > 0) {
      const unit = f32x4.mul(loadPart(dy + bytes(whole), rest, 0), weightPart(weight, whole, rest));
      sum = multiplyAdd(unit, loadPart(x + bytes(whole), rest, 0), sum);
    }
    const along = f32x4.splat((sumLanes(sum) / (channels as f32)) * inverse * inverse);
    const scale = f32x4.splat(inverse);
    for (let i = 0; i < whole; i += 4) {
      const unit = f32x4.mul(v128.load(dy + bytes(i)), weightAt(weight, i));
      v128.store(dx + bytes(i), f32x4.mul(scale, f32x4.sub(unit, f32x4.mul(v128.load(x + bytes(i)), along))));
    }
    if (rest > 0) {
      const unit = f32x4.mul(loadPart(dy + bytes(whole), rest, 0), weightPart(weight, whole, rest));
      const value = f32x4.sub(unit, f32x4.mul(loadPart(x + bytes(whole), rest, 0), along));
      storePart(dx + bytes(whole), rest, f32x4.mul(scale, value));
    }
  }
}

/** `1 / rms` of each row. Units are rows. Slots: x, inverse (rows), channels, epsilon. */
export function rmsNormInverse(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const channels = int(job, 2);
  for (let row = begin; row < end; row++) {
    const x = pointer(job, 0) + (row as usize) * bytes(channels);
    store<f32>(pointer(job, 1) + bytes(row), inverseRms(x, channels, float(job, 3)));
  }
}

/**
 * `dw_c = sum over rows of dy x inverse`, added up in float64. Units are groups of 4 channels.
 * Slots: dy, x, inverse (rows), dw, rows, channels.
 */
export function rmsNormWeightGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const inverse = pointer(job, 2);
  const rows = int(job, 4);
  const channels = int(job, 5);
  const stride = bytes(channels);
  for (let unit = begin; unit < end; unit++) {
    const first = unit << 2;
    const count = min(4, channels - first);
    let dy = pointer(job, 0) + bytes(first);
    let x = pointer(job, 1) + bytes(first);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let row = 0; row < rows; row++) {
      const a = count === 4 ? v128.load(dy) : loadPart(dy, count, 0);
      const b = count === 4 ? v128.load(x) : loadPart(x, count, 0);
      const product = f32x4.mul(f32x4.mul(a, b), v128.load_splat<f32>(inverse + bytes(row)));
      low = f64x2.add(low, f64x2.promote_low_f32x4(product));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(product, product, 2, 3, 0, 1)));
      dy += stride;
      x += stride;
    }
    const sums = v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
    const to = pointer(job, 3) + bytes(first);
    if (count === 4) v128.store(to, sums);
    else storePart(to, count, sums);
  }
}
