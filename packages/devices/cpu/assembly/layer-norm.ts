import { bytes, float, int, pointer } from "./job";
import { loadPart, multiplyAdd, storePart, sumLanes } from "./math";

/** Mean of one row. */
function meanOf(x: usize, channels: i32): f32 {
  let sum = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= channels; i += 4) sum = f32x4.add(sum, v128.load(x + bytes(i)));
  if (i < channels) sum = f32x4.add(sum, loadPart(x + bytes(i), channels - i, 0));
  return sumLanes(sum) / (channels as f32);
}

/** `1 / sqrt(mean((x - mean)^2) + epsilon)` of one row. */
function inverseDeviation(x: usize, channels: i32, mean: f32, epsilon: f32): f32 {
  const middle = f32x4.splat(mean);
  let sum = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= channels; i += 4) {
    const value = f32x4.sub(v128.load(x + bytes(i)), middle);
    sum = multiplyAdd(value, value, sum);
  }
  if (i < channels) {
    const value = f32x4.sub(loadPart(x + bytes(i), channels - i, mean), middle);
    sum = multiplyAdd(value, value, sum);
  }
  return 1 / sqrt<f32>(sumLanes(sum) / (channels as f32) + epsilon);
}

/** Units are rows. Slots: x, weight, bias, y, channels, epsilon. */
export function layerNorm(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const weight = pointer(job, 1);
  const bias = pointer(job, 2);
  const channels = int(job, 4);
  const rest = channels & 3;
  const whole = channels - rest;
  for (let row = begin; row < end; row++) {
    const at = (row as usize) * bytes(channels);
    const x = pointer(job, 0) + at;
    const y = pointer(job, 3) + at;
    const mean = meanOf(x, channels);
    const middle = f32x4.splat(mean);
    const inverse = f32x4.splat(inverseDeviation(x, channels, mean, float(job, 5)));
    for (let i = 0; i < whole; i += 4) {
      const unit = f32x4.mul(f32x4.sub(v128.load(x + bytes(i)), middle), inverse);
      v128.store(y + bytes(i), multiplyAdd(unit, v128.load(weight + bytes(i)), v128.load(bias + bytes(i))));
    }
    if (rest > 0) {
      const last = bytes(whole);
      const unit = f32x4.mul(f32x4.sub(loadPart(x + last, rest, 0), middle), inverse);
      storePart(y + last, rest, multiplyAdd(unit, loadPart(weight + last, rest, 0), loadPart(bias + last, rest, 0)));
    }
  }
}

/**
 * `dx = inverse (d - mean(d) - u mean(d u))` with `d = dy w` and `u = (x - mean) inverse`. Units are rows.
 * Slots: dy, x, weight, dx, channels, epsilon.
 */
export function layerNormGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const weight = pointer(job, 2);
  const channels = int(job, 4);
  const rest = channels & 3;
  const whole = channels - rest;
  const last = bytes(whole);
  for (let row = begin; row < end; row++) {
    const at = (row as usize) * bytes(channels);
    const dy = pointer(job, 0) + at;
    const x = pointer(job, 1) + at;
    const dx = pointer(job, 3) + at;
    const mean = meanOf(x, channels);
    const middle = f32x4.splat(mean);
    const inverse = inverseDeviation(x, channels, mean, float(job, 5));
    let sum = f32x4.splat(0);
    let products = f32x4.splat(0);
    for (let i = 0; i < whole; i += 4) {
      const d = f32x4.mul(v128.load(dy + bytes(i)), v128.load(weight + bytes(i)));
      sum = f32x4.add(sum, d);
      products = multiplyAdd(d, f32x4.sub(v128.load(x + bytes(i)), middle), products);
    }
    if (rest > 0) {
      const d = f32x4.mul(loadPart(dy + last, rest, 0), loadPart(weight + last, rest, 0));
      sum = f32x4.add(sum, d);
      products = multiplyAdd(d, f32x4.sub(loadPart(x + last, rest, mean), middle), products);
    }
    const level = f32x4.splat(sumLanes(sum) / (channels as f32));
    const along = f32x4.splat((sumLanes(products) / (channels as f32)) * inverse * inverse);
    const scale = f32x4.splat(inverse);
    for (let i = 0; i < whole; i += 4) {
      const d = f32x4.sub(f32x4.mul(v128.load(dy + bytes(i)), v128.load(weight + bytes(i))), level);
      const centered = f32x4.sub(v128.load(x + bytes(i)), middle);
      v128.store(dx + bytes(i), f32x4.mul(scale, f32x4.sub(d, f32x4.mul(centered, along))));
    }
    if (rest > 0) {
      const d = f32x4.sub(f32x4.mul(loadPart(dy + last, rest, 0), loadPart(weight + last, rest, 0)), level);
      const centered = f32x4.sub(loadPart(x + last, rest, mean), middle);
      storePart(dx + last, rest, f32x4.mul(scale, f32x4.sub(d, f32x4.mul(centered, along))));
    }
  }
}

/** Mean and `1 / deviation` of each row. Units are rows. Slots: x, statistics (rows, 2), channels, epsilon. */
export function layerNormStatistics(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const channels = int(job, 2);
  for (let row = begin; row < end; row++) {
    const x = pointer(job, 0) + (row as usize) * bytes(channels);
    const mean = meanOf(x, channels);
    const to = pointer(job, 1) + bytes(2 * row);
    store<f32>(to, mean);
    store<f32>(to, inverseDeviation(x, channels, mean, float(job, 3)), 4);
  }
}

/**
 * `dw_c = sum over rows of dy (x - mean) inverse`, added up in float64. Units are groups of 4 channels.
 * Slots: dy, x, statistics (rows, 2), dw, rows, channels.
 */
export function layerNormWeightGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const statistics = pointer(job, 2);
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
      const unitX = f32x4.mul(
        f32x4.sub(b, v128.load_splat<f32>(statistics + bytes(2 * row))),
        v128.load_splat<f32>(statistics + bytes(2 * row), 4),
      );
      const product = f32x4.mul(a, unitX);
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
