/** The f32 equal to each f16, by the f16's bits; made at first use (256 KiB). */
let f16Table: Float32Array | undefined;

/** @returns (65,536) the f32 equal to each half float, by the half float's bits; not to be changed */
export function f16Values(): Float32Array {
  if (f16Table !== undefined) return f16Table;
  const bits = Uint32Array.from({ length: 0x10000 }, (_, half) => widenedHalfBits(half));
  f16Table = new Float32Array(bits.buffer);
  return f16Table;
}

/**
 * Widens IEEE 754 half floats to f32; exact for every value, infinities and NaN payloads included.
 *
 * @param bits (n) the half floats' bits
 */
export function f16ToF32(bits: Uint16Array): Float32Array {
  const table = new Uint32Array(f16Values().buffer); // bits, as a float's copy may lose a NaN's payload
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]!]!;
  return new Float32Array(out.buffer);
}

/**
 * Widens bfloat16 to f32: its bits are the upper half of the f32's, so this is exact.
 *
 * @param bits (n) the bfloat16 values' bits
 */
export function bf16ToF32(bits: Uint16Array): Float32Array {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = bits[i]! << 16;
  return new Float32Array(out.buffer);
}

/**
 * Narrows f32 to IEEE 754 half floats, to nearest with ties to even; beyond 65,504 + half a step gives infinity.
 *
 * @param values (n)
 * @returns (n) the half floats' bits
 */
export function f32ToF16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = narrowedHalfBits(bits[i]!);
  return out;
}

/**
 * Narrows f32 to bfloat16, to nearest with ties to even; from 2^128 - 2^119 on it gives infinity.
 *
 * @param values (n)
 * @returns (n) the bfloat16 values' bits
 */
export function f32ToBf16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const isNotANumber = (bits[i]! & 0x7fffffff) > 0x7f800000;
    out[i] = isNotANumber ? (bits[i]! >>> 16) | 0x40 : (bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) >>> 16;
  }
  return out;
}

function widenedHalfBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (mantissa << 13)) >>> 0;
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (mantissa << 13)) >>> 0;
  if (mantissa === 0) return sign >>> 0;
  const shift = Math.clz32(mantissa) - 21; // moves the leading one to bit 10, where a normal number has it implied
  return (sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13)) >>> 0;
}

function narrowedHalfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7c00 | 0x200 | ((magnitude >>> 13) & 0x3ff); // NaN, made quiet
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65,520 and more round to infinity
  if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13);
  const shift = 126 - (magnitude >>> 23); // subnormal in f16: its unit is 2^-24
  if (shift > 24) return sign;
  return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
}

/** `value / 2^shift` to the nearest integer, ties to even. */
function roundedShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const lost = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return lost > half || (lost === half && (kept & 1) === 1) ? kept + 1 : kept;
}
