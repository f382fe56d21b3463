import { bytes, float, pointer } from "./job";
import { exp, loadPart, multiplyAdd, storePart } from "./math";

// Units are single values. Each kernel runs whole vectors, then the remainder through the same vector function.

function reluOf(x: v128): v128 {
  return f32x4.max(x, f32x4.splat(0));
}

/** Slots: x, y. */
export function relu(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const x = pointer(job, 0);
  const y = pointer(job, 1);
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(y + bytes(i), reluOf(v128.load(x + bytes(i))));
  if (i < end) storePart(y + bytes(i), end - i, reluOf(loadPart(x + bytes(i), end - i, 0)));
}

/** Slots: a, b, y = a + b. */
export function add(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const a = pointer(job, 0);
  const b = pointer(job, 1);
  const y = pointer(job, 2);
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const at = bytes(i);
    v128.store(y + at, f32x4.add(v128.load(a + at), v128.load(b + at)));
    v128.store(y + at, f32x4.add(v128.load(a + at, 16), v128.load(b + at, 16)), 16);
  }
  for (; i < end; i++) store<f32>(y + bytes(i), load<f32>(a + bytes(i)) + load<f32>(b + bytes(i)));
}

function reluGradientOf(dy: v128, y: v128): v128 {
  return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
}

/** Slots: dy, y, dx. */
export function reluGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const dy = pointer(job, 0);
  const y = pointer(job, 1);
  const dx = pointer(job, 2);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    v128.store(dx + bytes(i), reluGradientOf(v128.load(dy + bytes(i)), v128.load(y + bytes(i))));
  }
  const rest = end - i;
  if (rest > 0) {
    storePart(dx + bytes(i), rest, reluGradientOf(loadPart(dy + bytes(i), rest, 0), loadPart(y + bytes(i), rest, 0)));
  }
}

/** `(1 + tanh(u)) / 2 = 1 / (1 + exp(-2u))` with `u = sqrt(2/pi) (x + 0.044715 x^3)`. */
function gate(x: v128): v128 {
  const cubic = multiplyAdd(f32x4.mul(x, x), f32x4.splat(0.044715), f32x4.splat(1));
  const power = f32x4.mul(f32x4.mul(x, f32x4.splat(-1.5957691216057308)), cubic);
  return f32x4.div(f32x4.splat(1), f32x4.add(exp(power), f32x4.splat(1)));
}

function geluOf(x: v128): v128 {
  return f32x4.mul(x, gate(x));
}

/** Slots: x, y. */
export function gelu(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const x = pointer(job, 0);
  const y = pointer(job, 1);
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(y + bytes(i), geluOf(v128.load(x + bytes(i))));
  if (i < end) storePart(y + bytes(i), end - i, geluOf(loadPart(x + bytes(i), end - i, 0)));
}

function geluGradientOf(dy: v128, x: v128): v128 {
  const open = gate(x);
  const inner = f32x4.mul(
    multiplyAdd(f32x4.mul(x, x), f32x4.splat(0.134145), f32x4.splat(1)),
    f32x4.splat(1.5957691216057308),
  );
  const slope = f32x4.mul(f32x4.mul(x, inner), f32x4.mul(open, f32x4.sub(f32x4.splat(1), open)));
  return f32x4.mul(dy, f32x4.add(open, slope));
}

/** Slots: dy, x, dx. */
export function geluGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const dy = pointer(job, 0);
  const x = pointer(job, 1);
  const dx = pointer(job, 2);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    v128.store(dx + bytes(i), geluGradientOf(v128.load(dy + bytes(i)), v128.load(x + bytes(i))));
  }
  const rest = end - i;
  if (rest > 0) {
    storePart(dx + bytes(i), rest, geluGradientOf(loadPart(dy + bytes(i), rest, 0), loadPart(x + bytes(i), rest, 0)));
  }
}

/**
 * AdamW with decoupled weight decay, in place; `scale` multiplies the gradient. Order of operations as in PyTorch.
 * Slots: param, gradient, mean, variance, scale (pointer) or 0, decay factor `1 - lr wd`, beta1, 1 - beta1, beta2, 1 - beta2,
 * step size `lr / (1 - beta1^t)`, `1 / sqrt(1 - beta2^t)`, epsilon.
 */
export function adamW(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const param = pointer(job, 0);
  const gradient = pointer(job, 1);
  const mean = pointer(job, 2);
  const variance = pointer(job, 3);
  const scaleAt = pointer(job, 4);
  const scale = scaleAt === 0 ? f32x4.splat(1) : v128.load_splat<f32>(scaleAt);
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const at = bytes(i);
    const g = f32x4.mul(v128.load(gradient + at), scale);
    const m = nextMean(job, v128.load(mean + at), g);
    const v = nextVariance(job, v128.load(variance + at), g);
    v128.store(mean + at, m);
    v128.store(variance + at, v);
    v128.store(param + at, nextParam(job, v128.load(param + at), m, v));
  }
  const rest = end - i;
  if (rest > 0) {
    const at = bytes(i);
    const g = f32x4.mul(loadPart(gradient + at, rest, 0), scale);
    const m = nextMean(job, loadPart(mean + at, rest, 0), g);
    const v = nextVariance(job, loadPart(variance + at, rest, 0), g);
    storePart(mean + at, rest, m);
    storePart(variance + at, rest, v);
    storePart(param + at, rest, nextParam(job, loadPart(param + at, rest, 0), m, v));
  }
}

function nextMean(job: usize, m: v128, g: v128): v128 {
  return multiplyAdd(m, f32x4.splat(float(job, 6)), f32x4.mul(g, f32x4.splat(float(job, 7))));
}

function nextVariance(job: usize, v: v128, g: v128): v128 {
  return multiplyAdd(v, f32x4.splat(float(job, 8)), f32x4.mul(f32x4.mul(g, g), f32x4.splat(float(job, 9))));
}

function nextParam(job: usize, param: v128, m: v128, v: v128): v128 {
  const deviation = f32x4.mul(f32x4.sqrt(v), f32x4.splat(float(job, 11)));
  const update = f32x4.div(m, f32x4.add(deviation, f32x4.splat(float(job, 12))));
  const decayed = f32x4.mul(param, f32x4.splat(float(job, 5)));
  return f32x4.sub(decayed, f32x4.mul(update, f32x4.splat(float(job, 10))));
}
