import { expandedScale } from "./double-quantisation.js";
import {
  ggufBlocks,
  isGguf,
  type Part,
  type StoredWeight,
  valuesInBlock,
  type WeightFormat,
  weightLayout,
} from "./format.js";
import { ggufReaders } from "./gguf-blocks.js";
import { f16Values } from "./half-floats.js";
import { nf4Values } from "./nf4.js";

/** Writes values `from` to `to` of a block to `out`, the first at `at`. */
type BlockReader = (block: number, from: number, to: number, out: Float32Array, at: number) => void;

/**
 * All values of a stored weight in f32, row-major. Each is one f32 product of a code's value and a scale; GGUF's formats with a minimum
 * add it in f32.
 *
 * @throws RangeError where the bytes are not as many as the format and shape need
 */
export function readStored(weight: StoredWeight): Float32Array {
  const out = new Float32Array(valueCount(weight));
  readStoredRange(weight, 0, out);
  return out;
}

/**
 * Fills `out` with the values from `first` on of the flattened weight; `first` and the length may be any within it.
 *
 * @throws RangeError where the range is not within the weight, or the bytes are not as many as the format and shape need
 */
export function readStoredRange(weight: StoredWeight, first: number, out: Float32Array): void {
  const count = valueCount(weight);
  if (!Number.isInteger(first) || first < 0 || first + out.length > count)
    throw new RangeError(`${weight.format}: expected a range within ${count} values, got ${out.length} from ${first}`);
  const { values, read } = blocksOf(weight, count);
  for (let at = 0; at < out.length; ) {
    const block = Math.floor((first + at) / values);
    const from = first + at - block * values;
    const to = Math.min(values, from + out.length - at);
    read(block, from, to, out, at);
    at += to - from;
  }
}

/** How many values the shape has; the bytes must be those of so many. */
function valueCount({ format, shape, bytes }: StoredWeight): number {
  const count = shape.reduce((product, length) => product * length, 1);
  const expected = weightLayout(format, count).bytes;
  if (bytes.length === expected) return count;
  throw new RangeError(
    `${format}: expected ${expected} bytes for the shape [${shape.join(", ")}], got ${bytes.length}`,
  );
}

function blocksOf(weight: StoredWeight, count: number): { readonly values: number; readonly read: BlockReader } {
  const { format, bytes } = weight;
  if (!isGguf(format)) return { values: valuesInBlock, read: readerOf(format, bytes, count) };
  const [block, read] = [ggufBlocks[format], ggufReaders[format]];
  return {
    values: block.values,
    read: (index, from, to, out, at) => read(bytes, index * block.bytes, from, to, out, at),
  };
}

function readerOf(format: WeightFormat, bytes: Uint8Array, count: number): BlockReader {
  const layout = weightLayout(format, count);
  const scaleOf = scalesOf(format, bytes, count);
  switch (format) {
    case "bf16": {
      const view = new DataView(new ArrayBuffer(4));
      return eachOf((at) => {
        view.setUint16(0, bytes[2 * at]! | (bytes[2 * at + 1]! << 8));
        return view.getFloat32(0);
      });
    }
    case "f16": {
      const table = f16Values();
      return eachOf((at) => table[bytes[2 * at]! | (bytes[2 * at + 1]! << 8)]!);
    }
    case "int8":
      return eachOf((at) => (bytes[at]! << 24) >> 24, scaleOf);
    default:
      return eachOf(
        (at) => nf4Values[(bytes[layout.codes.offset + (at >> 1)]! >> ((at & 1) === 0 ? 4 : 0)) & 15]!,
        scaleOf,
      );
  }
}

/** A reader of values `valueAt(index)` in blocks of 64, times the block's scale if there are scales. */
function eachOf(valueAt: (index: number) => number, scaleOf?: (block: number) => number): BlockReader {
  return (block, from, to, out, at) => {
    const scale = scaleOf?.(block) ?? 1;
    const start = block * valuesInBlock;
    for (let i = from; i < to; i++) out[at++] = valueAt(start + i) * scale;
  };
}

function scalesOf(format: WeightFormat, bytes: Uint8Array, count: number): ((block: number) => number) | undefined {
  const { scales, nestedScales, scaleOffset } = weightLayout(format, count);
  if (scales === undefined) return undefined;
  if (nestedScales === undefined || scaleOffset === undefined) {
    const values = floatsOf(bytes, scales);
    return (block) => values[block]!;
  }
  const compressed = {
    codes: bytes.subarray(scales.offset, scales.offset + scales.bytes),
    nested: floatsOf(bytes, nestedScales),
    offset: floatsOf(bytes, scaleOffset)[0]!,
  };
  return (block) => expandedScale(compressed, block);
}

/** Floats of a part; copied, as the bytes may lie at any address. */
const floatsOf = (bytes: Uint8Array, { offset, bytes: length }: Part): Float32Array =>
  new Float32Array(bytes.slice(offset, offset + length).buffer);
