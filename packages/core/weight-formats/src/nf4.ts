import { valuesInBlock } from "./format.js";

/**
 * The 16 values of NF4 by their code, ascending, in f32: quantiles of a normal distribution, scaled to -1..1, with an exact zero.
 * Dettmers et al. 2023, https://arxiv.org/abs/2305.14314, appendix E
 */
export const nf4Values: readonly number[] = [
  ...[-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453],
  ...[-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0],
  ...[0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224],
  ...[0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1],
];

/** What lies half way between neighbours, in f32; a value equal to one gets the lower code. */
const thresholds = nf4Values.slice(1).map((value, index) => Math.fround(Math.fround(value + nf4Values[index]!) / 2));

/** What bitsandbytes divides by where all of a block is smaller; its f32 is subnormal. */
const smallestDivisor = Math.fround(1e-38);

/** The code of zero, which fills the second half of the last byte of an odd number of values. */
const zeroCode = 7;

/**
 * Values to NF4, bit for bit as bitsandbytes 0.50.2 has them on a CPU (`quantize_4bit`, blocks of 64).
 *
 * A whole block is multiplied by 1 / absmax and an incomplete last one divided by absmax, which for it is never below 1e-38.
 *
 * @param values (n), finite
 * @param codes (n / 2) filled with two codes a byte, the first in the high half
 * @returns absmax of each block, (n / 64)
 */
export function quantiseNf4(values: Float32Array, codes: Uint8Array): Float32Array {
  const scales = new Float32Array(Math.ceil(values.length / valuesInBlock));
  codes.fill(0);
  if (values.length % 2 === 1) codes[codes.length - 1] = zeroCode;
  for (let block = 0; block < scales.length; block++) {
    const [from, to] = [block * valuesInBlock, Math.min((block + 1) * valuesInBlock, values.length)];
    const isWhole = to - from === valuesInBlock;
    const absmax = largestMagnitude(values, from, to);
    const divisor = Math.max(absmax, smallestDivisor);
    const inverse = Math.fround(1 / divisor);
    scales[block] = isWhole ? absmax : divisor;
    for (let i = from; i < to; i++) {
      const code = nf4Code(Math.fround(isWhole ? values[i]! * inverse : values[i]! / divisor));
      codes[i >> 1]! |= i % 2 === 0 ? code << 4 : code;
    }
  }
  return scales;
}

/** How many thresholds lie below: the code. */
function nf4Code(scaled: number): number {
  let code = 0;
  for (let step = 8; step > 0; step >>= 1) if (scaled > thresholds[code + step - 1]!) code += step;
  return code;
}

/** max |values[i]| for `from` <= i < `to`. */
export function largestMagnitude(values: Float32Array, from: number, to: number): number {
  let largest = 0;
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}
