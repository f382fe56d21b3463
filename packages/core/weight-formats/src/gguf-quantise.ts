import { ggufBlocks } from "./format.js";
import { f16Values, f32ToF16 } from "./half-floats.js";

/** GGUF's formats that values can be written in. */
export type WritableGguf = "q8_0" | "q4_0";

/**
 * Values to blocks of 32 with an f16 scale, bit for bit as `quantize` of the Python package gguf 0.19.0.
 *
 * @param values (n), finite, n a multiple of 32
 * @param blocks filled; 34 bytes a block for q8_0, 18 for q4_0
 * @throws RangeError where a scale is beyond f16
 */
export function quantiseGguf(format: WritableGguf, values: Float32Array, blocks: Uint8Array): void {
  const { values: inBlock, bytes } = ggufBlocks[format];
  const quantise = format === "q8_0" ? quantiseQ80 : quantiseQ40;
  for (let block = 0; block * inBlock < values.length; block++) {
    const part = values.subarray(block * inBlock, (block + 1) * inBlock);
    const scale = quantise(part, blocks.subarray(block * bytes + 2, (block + 1) * bytes));
    const bits = f32ToF16(Float32Array.of(scale))[0]!;
    if (!Number.isFinite(f16Values()[bits]))
      throw new RangeError(
        `${format}: expected scales within f16 (65,504), got ${scale} in block ${block}; use a format with f32 scales, such as int8`,
      );
    blocks[block * bytes] = bits & 0xff;
    blocks[block * bytes + 1] = bits >> 8;
  }
}

/** Codes -127 to 127, halves away from zero. @returns the scale */
function quantiseQ80(values: Float32Array, codes: Uint8Array): number {
  const scale = Math.fround(Math.abs(values[indexOfLargest(values)]!) / 127);
  const inverse = inverseOf(scale);
  for (let i = 0; i < values.length; i++) {
    const scaled = Math.fround(values[i]! * inverse);
    codes[i] = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
  }
  return scale;
}

/** Codes 0 to 15 about 8, so that the value of largest magnitude is -8 scales; the first half of a block in the low halves. @returns the scale */
function quantiseQ40(values: Float32Array, codes: Uint8Array): number {
  const scale = Math.fround(values[indexOfLargest(values)]! / -8);
  const inverse = inverseOf(scale);
  const code = (value: number): number => Math.min(15, Math.trunc(Math.fround(Math.fround(value * inverse) + 8.5)));
  const half = values.length / 2;
  for (let i = 0; i < half; i++) codes[i] = code(values[i]!) | (code(values[half + i]!) << 4);
  return scale;
}

/** 1 / scale in f32; 0 where that is infinite, as all values of the block then are zero in f16 scales. */
function inverseOf(scale: number): number {
  const inverse = Math.fround(1 / scale);
  return Number.isFinite(inverse) ? inverse : 0;
}

/** Of the first value of largest magnitude. */
function indexOfLargest(values: Float32Array): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i]!) > Math.abs(values[at]!)) at = i;
  return at;
}
