import { bytes, float, int, pointer } from "./job";

function mix(x0: v128, x1: v128, left: i32): v128 {
  return v128.xor(v128.or(i32x4.shl(x1, left), i32x4.shr_u(x1, 32 - left)), x0);
}

/** Four counters of Threefry-2x32 with 20 rounds: eight words at `to`, the two of counter i at 2i and 2i + 1. */
function threefry(counter: i32, key0: i32, key1: i32, to: usize): void {
  const k0 = i32x4.splat(key0);
  const k1 = i32x4.splat(key1);
  const k2 = i32x4.splat(0x1bd11bda ^ key0 ^ key1);
  let x0 = i32x4.add(i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3)), k0);
  let x1 = k1;
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 13);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 15);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 26);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 6);
  x0 = i32x4.add(x0, k1);
  x1 = i32x4.add(x1, i32x4.add(k2, i32x4.splat(1)));
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 17);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 29);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 16);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 24);
  x0 = i32x4.add(x0, k2);
  x1 = i32x4.add(x1, i32x4.add(k0, i32x4.splat(2)));
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 13);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 15);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 26);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 6);
  x0 = i32x4.add(x0, k0);
  x1 = i32x4.add(x1, i32x4.add(k1, i32x4.splat(3)));
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 17);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 29);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 16);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 24);
  x0 = i32x4.add(x0, k1);
  x1 = i32x4.add(x1, i32x4.add(k2, i32x4.splat(4)));
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 13);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 15);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 26);
  x0 = i32x4.add(x0, x1);
  x1 = mix(x0, x1, 6);
  x0 = i32x4.add(x0, k2);
  x1 = i32x4.add(x1, i32x4.add(k0, i32x4.splat(5)));
  v128.store(to, v128.shuffle<i32>(x0, x1, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<i32>(x0, x1, 2, 6, 3, 7), 16);
}

/** Uniform on [0, 1). Units are groups of 8 values. Slots: y, key0, key1, size. */
export function uniform(job: usize, begin: i32, end: i32, scratch: usize): void {
  const size = int(job, 3);
  for (let unit = begin; unit < end; unit++) {
    threefry(unit << 2, int(job, 1), int(job, 2), scratch);
    for (let half = 0; half < 2; half++) {
      const at = scratch + ((half as usize) << 4);
      v128.store(
        at,
        f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(v128.load(at), 8)), f32x4.splat(5.9604644775390625e-8)),
      );
    }
    memory.copy(pointer(job, 0) + bytes(unit << 3), scratch, bytes(min(8, size - (unit << 3))));
  }
}

/** Values whose 24 random bits are below `threshold` become 0. Units are groups of 8 values. Slots: x, y, key0, key1, size, threshold, scale. */
export function dropout(job: usize, begin: i32, end: i32, scratch: usize): void {
  const size = int(job, 4);
  const threshold = i32x4.splat(int(job, 5));
  const scale = f32x4.splat(float(job, 6));
  for (let unit = begin; unit < end; unit++) {
    threefry(unit << 2, int(job, 2), int(job, 3), scratch);
    const count = min(8, size - (unit << 3));
    let x = pointer(job, 0) + bytes(unit << 3);
    if (count < 8) {
      memory.copy(scratch + 32, x, bytes(count));
      x = scratch + 32;
    }
    for (let half: usize = 0; half < 32; half += 16) {
      const kept = i32x4.ge_s(i32x4.shr_u(v128.load(scratch + half), 8), threshold);
      v128.store(scratch + half, f32x4.mul(v128.load(x + half), v128.and(scale, kept)));
    }
    memory.copy(pointer(job, 1) + bytes(unit << 3), scratch, bytes(count));
  }
}
