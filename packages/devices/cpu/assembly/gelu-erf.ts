import { bytes, pointer } from "./job";
import { exp, loadPart, multiplyAdd, storePart } from "./math";

// Units are single values.

/** `exp(-x^2 / 2)` */
function bell(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

/**
 * `Phi(x)`, the share of a standard normal distribution below x, to float32's rounding near 1, from x and `power = exp(-x^2 / 2)`.
 *
 * Up to 1: `1/2 + x P(x^2)`. Beyond: `Phi(-|x|) = exp(-x^2 / 2) Q(1 / (1 + 0.35 |x|))`. P and Q, both of degree 5, are minimax fits of
 * our own (by Remez' exchange, in 40 digits), to 3e-10 and 8e-10.
 */
function normalDistribution(x: v128, power: v128): v128 {
  const square = f32x4.mul(x, x);
  let p = multiplyAdd(f32x4.splat(-7.66467944e-6), square, f32x4.splat(1.13512656e-4));
  p = multiplyAdd(p, square, f32x4.splat(-1.18635306e-3));
  p = multiplyAdd(p, square, f32x4.splat(9.97333172e-3));
  p = multiplyAdd(p, square, f32x4.splat(-6.6490361e-2));
  p = multiplyAdd(p, square, f32x4.splat(0.39894228));
  const near = multiplyAdd(p, x, f32x4.splat(0.5));
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const t = f32x4.div(one, multiplyAdd(size, f32x4.splat(0.35), one));
  let q = multiplyAdd(f32x4.splat(-0.11352484), t, f32x4.splat(0.323718885));
  q = multiplyAdd(q, t, f32x4.splat(-3.80412834e-2));
  q = multiplyAdd(q, t, f32x4.splat(0.19856961));
  q = multiplyAdd(q, t, f32x4.splat(0.128317718));
  q = multiplyAdd(q, t, f32x4.splat(8.91293204e-4));
  const tail = f32x4.mul(q, power);
  const far = v128.bitselect(f32x4.sub(one, tail), tail, f32x4.gt(x, f32x4.splat(0)));
  return v128.bitselect(near, far, f32x4.lt(size, one));
}

function geluErfOf(x: v128): v128 {
  return f32x4.mul(x, normalDistribution(x, bell(x)));
}

/** Slots: x, y. */
export function geluErf(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const x = pointer(job, 0);
  const y = pointer(job, 1);
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(y + bytes(i), geluErfOf(v128.load(x + bytes(i))));
  if (i < end) storePart(y + bytes(i), end - i, geluErfOf(loadPart(x + bytes(i), end - i, 0)));
}

/** `dy (Phi(x) + x Phi'(x))` with `Phi'(x) = exp(-x^2 / 2) / sqrt(2 pi)` */
function geluErfGradientOf(dy: v128, x: v128): v128 {
  const power = bell(x);
  const density = f32x4.mul(power, f32x4.splat(0.3989422804014327));
  return f32x4.mul(dy, multiplyAdd(x, density, normalDistribution(x, power)));
}

/** Slots: dy, x, dx. */
export function geluErfGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const dy = pointer(job, 0);
  const x = pointer(job, 1);
  const dx = pointer(job, 2);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    v128.store(dx + bytes(i), geluErfGradientOf(v128.load(dy + bytes(i)), v128.load(x + bytes(i))));
  }
  const rest = end - i;
  if (rest > 0) {
    const part = geluErfGradientOf(loadPart(dy + bytes(i), rest, 0), loadPart(x + bytes(i), rest, 0));
    storePart(dx + bytes(i), rest, part);
  }
}
