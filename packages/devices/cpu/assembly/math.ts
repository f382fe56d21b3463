import { bytes } from "./job";

/** `a * b + c` on four lanes, fused where the build has relaxed SIMD. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Sum of four lanes, always in the same order. */
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

export function maxLanes(x: v128): f32 {
  const pairs = f32x4.pmax(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** Loads 1 to 3 values, the other lanes are `fill`. */
export function loadPart(from: usize, count: i32, fill: f32): v128 {
  let x = f32x4.splat(fill);
  x = f32x4.replace_lane(x, 0, load<f32>(from));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(from, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(from, 8));
  return x;
}

/** Stores the first 1 to 3 lanes. */
export function storePart(to: usize, count: i32, x: v128): void {
  store<f32>(to, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8);
}

/** 1.5 * 2^23: adding it rounds a small number to an integer, which then stands in the low bits. */
const rounder: f32 = 12582912;

/**
 * `exp` on four lanes, within 2 units in the last place; 0 below -87.3, so a masked score gets no weight at all; NaN of NaN, since
 * `pmin` and `pmax` return their first operand where a comparison is false.
 * Cody-Waite reduction by ln 2 and the degree-5 polynomial of Cephes' `expf` (Moshier).
 */
export function exp(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87.3)), f32x4.splat(88.7));
  const rounded = multiplyAdd(clamped, f32x4.splat(Math.LOG2E as f32), f32x4.splat(rounder));
  const power = f32x4.sub(rounded, f32x4.splat(rounder));
  let r = multiplyAdd(power, f32x4.splat(-0.693359375), clamped);
  r = multiplyAdd(power, f32x4.splat(2.1219444e-4), r);
  let p = multiplyAdd(f32x4.splat(1.98756915e-4), r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const scale = i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(0x3f800000));
  return v128.andnot(f32x4.mul(p, scale), f32x4.lt(x, f32x4.splat(-87.3)));
}

/** `1 / (1 + exp(-x))` on four lanes. */
export function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(exp(f32x4.neg(x)), f32x4.splat(1)));
}

/** `tanh` away from 0: `1 - 2 / (exp(2 |x|) + 1)` with the sign of x. */
function tanhFar(x: v128): v128 {
  const size = f32x4.abs(x);
  const quotient = f32x4.div(f32x4.splat(2), f32x4.add(exp(f32x4.add(size, size)), f32x4.splat(1)));
  return v128.bitselect(f32x4.sub(f32x4.splat(1), quotient), x, v128.splat<i32>(0x7fffffff));
}

/** `tanh` below 0.625 by the polynomial of Cephes' `tanhf` (Moshier), else as it is known to be `far` from 0. */
function tanhNear(x: v128, far: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = multiplyAdd(f32x4.splat(-5.70498872745e-3), square, f32x4.splat(2.06390887954e-2));
  p = multiplyAdd(p, square, f32x4.splat(-5.37397155531e-2));
  p = multiplyAdd(p, square, f32x4.splat(1.33314422036e-1));
  p = multiplyAdd(p, square, f32x4.splat(-3.33332819422e-1));
  const near = multiplyAdd(f32x4.mul(p, square), x, x);
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.625)));
}

/** `tanh` on four lanes. */
export function tanh(x: v128): v128 {
  return tanhNear(x, tanhFar(x));
}

// Four vectors at once, in a function that contains them all, share the constants: each of those is built anew at every turn of
// a loop, by three instructions of which one runs only once a cycle, and that takes longer than the arithmetic on one vector.

/** `sigmoid` in place, of `count` values and what stands behind them up to a multiple of 16. */
export function sigmoids(values: usize, count: i32): void {
  for (const end = values + bytes(count); values < end; values += 64) {
    const a = sigmoid(v128.load(values));
    const b = sigmoid(v128.load(values, 16));
    const c = sigmoid(v128.load(values, 32));
    const d = sigmoid(v128.load(values, 48));
    v128.store(values, a);
    v128.store(values, b, 16);
    v128.store(values, c, 32);
    v128.store(values, d, 48);
  }
}

/** `tanh` in place, of `count` values and what stands behind them up to a multiple of 16. */
export function tanhs(values: usize, count: i32): void {
  for (const end = values + bytes(count); values < end; values += 64) {
    const a = v128.load(values);
    const b = v128.load(values, 16);
    const c = v128.load(values, 32);
    const d = v128.load(values, 48);
    const farA = tanhFar(a);
    const farB = tanhFar(b);
    const farC = tanhFar(c);
    const farD = tanhFar(d);
    v128.store(values, tanhNear(a, farA));
    v128.store(values, tanhNear(b, farB), 16);
    v128.store(values, tanhNear(c, farC), 32);
    v128.store(values, tanhNear(d, farD), 48);
  }
}
