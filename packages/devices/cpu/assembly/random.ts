import { bytes, float, int, pointer } from "./job";

function mix(x0: v128, x1: v128, left: i32): v128 {
  return v128.xor(v128.or(i32x4.shl(x1, left), i32x4.shr_u(x1, 32 - left)), x0);
}

/**
 * Eight counters of Threefry-2x32 with 20 rounds: sixteen words at `to`, the two of counter i at 2i and 2i + 1.
 * Two vectors of counters side by side, because each is one long chain of dependent operations.
 */
function threefry(counter: i32, key0: i32, key1: i32, to: usize): void {
  let s0 = i32x4.splat(key0);
  let s1 = i32x4.splat(key1);
  let s2 = i32x4.splat(0x1bd11bda ^ key0 ^ key1);
  let a0 = i32x4.add(i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3)), s0);
  let b0 = i32x4.add(a0, i32x4.splat(4));
  let a1 = s1;
  let b1 = s1;
  for (let injection = 1; injection <= 5; injection++) {
    if ((injection & 1) === 1) {
      a0 = i32x4.add(a0, a1);
      b0 = i32x4.add(b0, b1);
      a1 = mix(a0, a1, 13);
      b1 = mix(b0, b1, 13);
      a0 = i32x4.add(a0, a1);
      b0 = i32x4.add(b0, b1);
      a1 = mix(a0, a1, 15);
      b1 = mix(b0, b1, 15);
      a0 = i32x4.add(a0, a1);
      b0 = i32x4.add(b0, b1);
      a1 = mix(a0, a1, 26);
      b1 = mix(b0, b1, 26);
      a0 = i32x4.add(a0, a1);
      b0 = i32x4.add(b0, b1);
      a1 = mix(a0, a1, 6);
      b1 = mix(b0, b1, 6);
    } else {
      a0 = i32x4.add(a0, a1);
      b0 = i32x4.add(b0, b1);
      a1 = mix(a0, a1, 17);
      b1 = mix(b0, b1, 17);
      a0 = i32x4.add(a0, a1);
      b0 = i32x4.add(b0, b1);
      a1 = mix(a0, a1, 29);
      b1 = mix(b0, b1, 29);
      a0 = i32x4.add(a0, a1);
      b0 = i32x4.add(b0, b1);
      a1 = mix(a0, a1, 16);
      b1 = mix(b0, b1, 16);
      a0 = i32x4.add(a0, a1);
      b0 = i32x4.add(b0, b1);
      a1 = mix(a0, a1, 24);
      b1 = mix(b0, b1, 24);
    }
    const rotated = s0;
    s0 = s1;
    s1 = s2;
    s2 = rotated;
    const key = i32x4.add(s1, i32x4.splat(injection));
    a0 = i32x4.add(a0, s0);
    b0 = i32x4.add(b0, s0);
    a1 = i32x4.add(a1, key);
    b1 = i32x4.add(b1, key);
  }
  v128.store(to, v128.shuffle<i32>(a0, a1, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<i32>(a0, a1, 2, 6, 3, 7), 16);
  v128.store(to, v128.shuffle<i32>(b0, b1, 0, 4, 1, 5), 32);
  v128.store(to, v128.shuffle<i32>(b0, b1, 2, 6, 3, 7), 48);
}

/** Uniform on [0, 1). Units are groups of 16 values. Slots: y, key0, key1, size. */
export function uniform(job: usize, begin: i32, end: i32, scratch: usize): void {
  const size = int(job, 3);
  for (let unit = begin; unit < end; unit++) {
    threefry(unit << 3, int(job, 1), int(job, 2), scratch);
    for (let at: usize = 0; at < 64; at += 16) {
      const numbers = f32x4.convert_i32x4_s(i32x4.shr_u(v128.load(scratch + at), 8));
      v128.store(scratch + at, f32x4.mul(numbers, f32x4.splat(5.9604644775390625e-8)));
    }
    memory.copy(pointer(job, 0) + bytes(unit << 4), scratch, bytes(min(16, size - (unit << 4))));
  }
}

/**
 * Values whose 24 random bits are below `threshold` become 0, the others are scaled. Units are groups of 16 values.
 * Slots: x, y, key0, key1, size, threshold, scale.
 */
export function dropout(job: usize, begin: i32, end: i32, scratch: usize): void {
  const size = int(job, 4);
  const threshold = i32x4.splat(int(job, 5));
  const scale = f32x4.splat(float(job, 6));
  for (let unit = begin; unit < end; unit++) {
    threefry(unit << 3, int(job, 2), int(job, 3), scratch);
    const count = min(16, size - (unit << 4));
    let x = pointer(job, 0) + bytes(unit << 4);
    let y = pointer(job, 1) + bytes(unit << 4);
    if (count < 16) {
      memory.copy(scratch + 64, x, bytes(count));
      x = scratch + 64;
      y = scratch;
    }
    for (let at: usize = 0; at < 64; at += 16) {
      const kept = i32x4.ge_s(i32x4.shr_u(v128.load(scratch + at), 8), threshold);
      v128.store(y + at, f32x4.mul(v128.load(x + at), v128.and(scale, kept)));
    }
    if (count < 16) memory.copy(pointer(job, 1) + bytes(unit << 4), scratch, bytes(count));
  }
}
