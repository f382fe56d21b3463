import { claim } from "./damage.js";

/**
 * Decodes `count` numbers of `width` bits from runs (RLE and bit-packed) that lie between `start` and `end`.
 *
 * hyparquet writes as many values as a run claims to have, up to 2^30, so its input is decoded here first. A run that has more values
 * than are left, or more bytes than there are, is refused; the padding of the last bit-packed run is not.
 *
 * @throws {Damage}
 */
export function decodeRuns(bytes: Uint8Array, start: number, end: number, width: number, count: number): Uint32Array {
  claim(width <= 32, "its runs have more than 32 bits");
  claim(start <= end && end <= bytes.length, "its runs reach beyond the page");
  const output = new Uint32Array(count);
  const valueBytes = (width + 7) >> 3;
  let at = start;
  for (let done = 0; done < count; ) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      claim(at < end && shift < 35, "its runs end too early");
      const byte = bytes[at++]!;
      head += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const length = Math.floor(head / 2);
    const left = count - done;
    if (head % 2 === 0) {
      claim(length <= left && at + valueBytes <= end, "a run is longer than the page");
      let value = 0;
      for (let index = 0; index < valueBytes; index++) value += bytes[at++]! * 2 ** (8 * index);
      output.fill(value, done, done + length);
      done += length;
      continue;
    }
    // DuckDB packs in groups of 32 values: more than are left, but their bytes are there
    const isPadded = width > 0 && length * width <= end - at;
    claim(isPadded || (length - 1) * 8 < left, "a run is longer than the page");
    const packed = Math.min(length * width, end - at); // some writers cut off the padding of the last run
    const values = Math.min(length * 8, left);
    claim(packed * 8 >= values * width, "its runs end too early");
    unpack(bytes, at, width, output.subarray(done, done + values));
    at += packed;
    done += values;
  }
  return output;
}

function unpack(bytes: Uint8Array, start: number, width: number, output: Uint32Array): void {
  const range = 2 ** width;
  let [buffer, bits, at] = [0, 0, start];
  for (let index = 0; index < output.length; index++) {
    while (bits < width) {
      buffer += bytes[at++]! * 2 ** bits;
      bits += 8;
    }
    output[index] = buffer % range;
    buffer = Math.floor(buffer / range);
    bits -= width;
  }
}
