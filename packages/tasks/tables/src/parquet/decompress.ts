import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { snappyUncompress } from "hyparquet/src/snappy.js";
import { decompressLz4, decompressLz4Raw, decompressZstd } from "hyparquet-compressors";
import { claim, Damage } from "./damage.js";

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
    case "LZ4":
      return decompressLz4(input, size);
    case "LZ4_RAW":
      return decompressLz4Raw(input, size);
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

const zstdMagic = 0xfd2fb528;

/** fzstd leaves zeros where a frame is shorter than the buffer; a frame that states its size, as most do, must fill it. */
function zstd(input: Uint8Array, size: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  claim(input.length > 5 && view.getUint32(0, true) === zstdMagic, "a page is not zstd data");
  const flags = input[4]!;
  const single = (flags >> 5) & 1;
  const at = 6 - single + [0, 1, 2, 4][flags & 3]!;
  const bytes = flags >> 6 === 0 ? single : 2 ** (flags >> 6);
  let stated = flags >> 6 === 1 ? 256 : 0;
  for (let index = 0; index < bytes; index++) stated += (input[at + index] ?? 0) * 2 ** (8 * index);
  claim(bytes === 0 || stated === size, `a page has ${stated} bytes where its header says ${size}`);
  return decompressZstd(input, new Uint8Array(size));
}
