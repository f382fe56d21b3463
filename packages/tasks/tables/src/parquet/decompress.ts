import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { snappyUncompress } from "hyparquet/src/snappy.js";
import { claim, Damage } from "./damage.js";
import { lz4 } from "./lz4.js";
import { zstd } from "./zstd.js";

/**
 * The `size` bytes of a page that was compressed, in a buffer of their own.
 * @throws {Damage} where the page has another size or cannot be decompressed
 */
export function decompress(input: Uint8Array, codec: CompressionCodec, size: number): Uint8Array {
  const output = decompressed(input, codec, size);
  claim(output.length === size, `a page has ${output.length} bytes where its header says ${size}`);
  const whole = output.byteOffset === 0 && output.buffer.byteLength === size;
  return whole ? output : Uint8Array.from(output);
}

function decompressed(input: Uint8Array, codec: CompressionCodec, size: number): Uint8Array {
  if (size === 0 && codec !== "UNCOMPRESSED") return new Uint8Array(0);
  switch (codec) {
    case "UNCOMPRESSED":
      return input;
    case "SNAPPY":
      return snappy(input, size);
    case "GZIP":
      return gunzipSync(input, { maxOutputLength: size });
    case "BROTLI":
      return brotliDecompressSync(input, { maxOutputLength: size });
    case "ZSTD":
      return zstd(input, size);
    case "LZ4_RAW":
      return lz4(input, size);
    default:
      throw new Damage(`a page is compressed with ${codec ?? "an unknown codec"}, which is not read`);
  }
}

/** hyparquet steps backwards over a literal of 2^31 bytes or more, so the elements are walked first. */
function snappy(input: Uint8Array, size: number): Uint8Array {
  let [at, length, shift] = [0, 0, 0];
  for (let byte = 0x80; byte >= 0x80; shift += 7) {
    claim(at < input.length && shift < 35, "a page is not snappy data");
    byte = input[at++]!;
    length += (byte & 0x7f) * 2 ** shift;
  }
  claim(length === size, `a page has ${length} bytes where its header says ${size}`);
  while (at < input.length) {
    const tag = input[at++]!;
    const kind = tag & 3;
    if (kind !== 0) {
      at += kind === 3 ? 4 : kind;
      continue;
    }
    const extra = Math.max(0, (tag >> 2) - 59);
    let literal = tag >> 2;
    if (extra > 0) {
      literal = 0;
      for (let index = 0; index < extra; index++) literal += (input[at + index] ?? 0) * 2 ** (8 * index);
    }
    at += extra + literal + 1;
  }
  claim(at === input.length, "a page is not whole snappy data");
  const output = new Uint8Array(size);
  snappyUncompress(input, output);
  return output;
}
