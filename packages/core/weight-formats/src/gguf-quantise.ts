import { type GgufFormat, ggufBlocks } from "./format.js";
import { quantiseQ4K, quantiseQ6K } from "./gguf-k-quantise.js";
import { setHalf } from "./gguf-scale.js";

/** Fills a block's bytes. @throws RangeError where a scale is beyond f16 */
type WriteBlock = (values: Float32Array, block: Uint8Array) => void;

const writers: Readonly<Record<GgufFormat, WriteBlock>> = {
  q8_0: quantiseQ80,
  q4_0: quantiseQ40,
  q4_1: quantiseQ41,
  q4_k: quantiseQ4K,
  q6_k: quantiseQ6K,
};

/**
 * Values to blocks of a GGUF format: `q8_0`, `q4_0` and `q4_1` bit for bit as `quantize` of the Python package gguf 0.19.0, the others
 * by a search for the least squared error.
 *
 * @param values (n), finite, n a multiple of the format's block
 * @param blocks filled; as many bytes as `ggufBlocks` says
 * @throws RangeError where a scale is beyond f16
 */
export function quantiseGguf(format: GgufFormat, values: Float32Array, blocks: Uint8Array): void {
  const { values: inBlock, bytes } = ggufBlocks[format];
  const write = writers[format];
  for (let block = 0; block * inBlock < values.length; block++) {
    const part = values.subarray(block * inBlock, (block + 1) * inBlock);
    try {
      write(part, blocks.subarray(block * bytes, (block + 1) * bytes));
    } catch (cause) {
      throw new RangeError(
        `${format}: ${(cause as Error).message} in block ${block}; use a format with f32 scales, such as int8`,
        { cause },
      );
    }
  }
}

/** Codes -127 to 127, halves away from zero. */
function quantiseQ80(values: Float32Array, block: Uint8Array): void {
  const scale = Math.fround(Math.abs(values[indexOfLargest(values)]!) / 127);
  const inverse = inverseOf(scale);
  for (let i = 0; i < values.length; i++) {
    const scaled = Math.fround(values[i]! * inverse);
    block[2 + i] = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
  }
  setHalf(block, 0, scale);
}

/** Codes 0 to 15 about 8, so that the value of largest magnitude is -8 scales. */
function quantiseQ40(values: Float32Array, block: Uint8Array): void {
  const scale = Math.fround(values[indexOfLargest(values)]! / -8);
  const inverse = inverseOf(scale);
  setNibbles(block, 2, values, (value) => Math.trunc(Math.fround(Math.fround(value * inverse) + 8.5)));
  setHalf(block, 0, scale);
}

/** Codes 0 to 15 from the least value to the largest. */
function quantiseQ41(values: Float32Array, block: Uint8Array): void {
  let [least, most] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const scale = Math.fround(Math.fround(most - least) / 15);
  const inverse = inverseOf(scale);
  setNibbles(block, 4, values, (value) =>
    Math.trunc(Math.fround(Math.fround(Math.fround(value - least) * inverse) + 0.5)),
  );
  setHalf(block, 0, scale);
  setHalf(block, 2, least);
}

/** Codes at byte `start`, at most 15, those of the first half of a block in the low halves. */
function setNibbles(block: Uint8Array, start: number, values: Float32Array, code: (value: number) => number): void {
  const half = values.length / 2;
  for (let i = 0; i < half; i++)
    block[start + i] = Math.min(15, code(values[i]!)) | (Math.min(15, code(values[half + i]!)) << 4);
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
