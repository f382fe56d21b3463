import { valuesInBlock } from "./format.js";
import { largestMagnitude } from "./nf4.js";

const largestCode = 127;

/**
 * Values to signed bytes in blocks of 64: the scale is absmax / 127 in f32, a code is value / scale rounded to the nearest integer, of
 * two the even one. A block whose scale is zero has the codes 0.
 *
 * @param values (n), finite
 * @param codes (n) filled with two's complements
 * @returns scale of each block, (n / 64)
 */
export function quantiseInt8(values: Float32Array, codes: Uint8Array): Float32Array {
  const scales = new Float32Array(Math.ceil(values.length / valuesInBlock));
  for (let block = 0; block < scales.length; block++) {
    const [from, to] = [block * valuesInBlock, Math.min((block + 1) * valuesInBlock, values.length)];
    const scale = Math.fround(largestMagnitude(values, from, to) / largestCode);
    scales[block] = scale;
    for (let i = from; i < to; i++) codes[i] = scale === 0 ? 0 : int8Code(values[i]! / scale);
  }
  return scales;
}

/** Nearest integer from -127 to 127; a subnormal scale is coarse enough for a quotient beyond. */
const int8Code = (quotient: number): number => Math.max(-largestCode, Math.min(largestCode, roundedToEven(quotient)));

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
