import { f16Values, f32ToF16 } from "./half-floats.js";

/**
 * Writes a scale or minimum as f16, little-endian, to a block's bytes `at` and `at + 1`.
 *
 * @returns the value that it is read as
 * @throws RangeError where it is beyond f16
 */
export function setHalf(block: Uint8Array, at: number, value: number): number {
  const bits = f32ToF16(Float32Array.of(value))[0]!;
  const read = f16Values()[bits]!;
  if (!Number.isFinite(read)) throw new RangeError(`expected scales within f16 (65,504), got ${value}`);
  block[at] = bits & 0xff;
  block[at + 1] = bits >> 8;
  return read;
}
