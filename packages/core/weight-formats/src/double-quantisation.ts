import { dynamicCode, dynamicMap } from "./dynamic-map.js";
import { scalesInBlock } from "./format.js";
import { largestMagnitude } from "./nf4.js";
import { torchMean } from "./torch-mean.js";

/** Scales as 8-bit codes of the dynamic map, with a scale for each 256 of them and one offset for all. */
export interface CompressedScales {
  readonly codes: Uint8Array;
  readonly nested: Float32Array;
  readonly offset: number;
}

/**
 * Double quantisation as bitsandbytes 0.50.2 does it on a CPU (`compress_statistics=True`): the mean is taken off, and what remains is
 * quantised in blocks of 256.
 *
 * @param scales (n) f32
 */
export function compressScales(scales: Float32Array): CompressedScales {
  const offset = scales.length === 0 ? 0 : torchMean(scales);
  const centred = scales.map((scale) => scale - offset);
  const codes = new Uint8Array(scales.length);
  const nested = new Float32Array(Math.ceil(scales.length / scalesInBlock));
  for (let block = 0; block < nested.length; block++) {
    const [from, to] = [block * scalesInBlock, Math.min((block + 1) * scalesInBlock, scales.length)];
    const largest = largestMagnitude(centred, from, to);
    nested[block] = largest;
    if (largest === 0) continue;
    const inverse = Math.fround(1 / largest);
    for (let i = from; i < to; i++) codes[i] = dynamicCode(Math.fround(centred[i]! * inverse));
  }
  return { codes, nested, offset };
}

/** Scale of block `index` in f32: `map[code] * nested + offset`, rounded after each operation. */
export function expandedScale({ codes, nested, offset }: CompressedScales, index: number): number {
  const scaled = Math.fround(dynamicMap[codes[index]!]! * nested[Math.floor(index / scalesInBlock)]!);
  return Math.fround(scaled + offset);
}
