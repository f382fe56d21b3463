// A kernel is `(job, begin, end, scratch)`: it reads its arguments from 4-byte slots at `job`, computes the units
// begin..end of its output, and may use the calling thread's own `scratch` bytes.

export function int(job: usize, slot: i32): i32 {
  return load<i32>(job + ((slot as usize) << 2));
}

export function float(job: usize, slot: i32): f32 {
  return load<f32>(job + ((slot as usize) << 2));
}

export function pointer(job: usize, slot: i32): usize {
  return load<u32>(job + ((slot as usize) << 2)) as usize;
}

/** Bytes of `count` float32 values. */
export function bytes(count: i32): usize {
  return (count as usize) << 2;
}

/** Which thread owns `scratch`, 0 the calling one: written there, behind what the kernels use, when the thread starts. */
export function threadIndex(scratch: usize): i32 {
  return load<i32>(scratch, 66560);
}
