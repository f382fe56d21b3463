import { bytes, pointer } from "./job";
import { loadPart, sigmoid, storePart } from "./math";

// Units are single values. Two vectors at a time share the constants of the exponential.

/** Slots: gate, up, y = gate sigmoid(gate) up. */
export function swiGlu(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const gate = pointer(job, 0);
  const up = pointer(job, 1);
  const y = pointer(job, 2);
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const at = bytes(i);
    const a = v128.load(gate + at);
    const b = v128.load(gate + at, 16);
    const siluA = f32x4.mul(a, sigmoid(a));
    const siluB = f32x4.mul(b, sigmoid(b));
    v128.store(y + at, f32x4.mul(siluA, v128.load(up + at)));
    v128.store(y + at, f32x4.mul(siluB, v128.load(up + at, 16)), 16);
  }
  for (; i < end; i += 4) {
    const at = bytes(i);
    const count = end - i;
    if (count >= 4) {
      const a = v128.load(gate + at);
      v128.store(y + at, f32x4.mul(f32x4.mul(a, sigmoid(a)), v128.load(up + at)));
    } else {
      const a = loadPart(gate + at, count, 0);
      storePart(y + at, count, f32x4.mul(f32x4.mul(a, sigmoid(a)), loadPart(up + at, count, 0)));
    }
  }
}

/** `silu'(x) = s (1 + x (1 - s))` with `s = sigmoid(x)` */
function slope(x: v128, open: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.mul(open, f32x4.add(f32x4.mul(x, f32x4.sub(one, open)), one));
}

/** Slots: dy, gate, up, dGate, dUp. */
export function swiGluGradient(job: usize, begin: i32, end: i32, _scratch: usize): void {
  const dy = pointer(job, 0);
  const gate = pointer(job, 1);
  const up = pointer(job, 2);
  const dGate = pointer(job, 3);
  const dUp = pointer(job, 4);
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const at = bytes(i);
    const a = v128.load(gate + at);
    const b = v128.load(gate + at, 16);
    const openA = sigmoid(a);
    const openB = sigmoid(b);
    const dA = v128.load(dy + at);
    const dB = v128.load(dy + at, 16);
    v128.store(dGate + at, f32x4.mul(f32x4.mul(dA, v128.load(up + at)), slope(a, openA)));
    v128.store(dGate + at, f32x4.mul(f32x4.mul(dB, v128.load(up + at, 16)), slope(b, openB)), 16);
    v128.store(dUp + at, f32x4.mul(dA, f32x4.mul(a, openA)));
    v128.store(dUp + at, f32x4.mul(dB, f32x4.mul(b, openB)), 16);
  }
  for (; i < end; i += 4) {
    const at = bytes(i);
    const count = end - i;
    const isWhole = count >= 4;
    const a = isWhole ? v128.load(gate + at) : loadPart(gate + at, count, 0);
    const d = isWhole ? v128.load(dy + at) : loadPart(dy + at, count, 0);
    const open = sigmoid(a);
    const other = isWhole ? v128.load(up + at) : loadPart(up + at, count, 0);
    const forGate = f32x4.mul(f32x4.mul(d, other), slope(a, open));
    const forUp = f32x4.mul(d, f32x4.mul(a, open));
    if (isWhole) {
      v128.store(dGate + at, forGate);
      v128.store(dUp + at, forUp);
    } else {
      storePart(dGate + at, count, forGate);
      storePart(dUp + at, count, forUp);
    }
  }
}
