import { claim, Damage } from "./damage.js";

/**
 * Walks a stream of `count` numbers in the encoding DELTA_BINARY_PACKED and returns the offset of its end: hyparquet allocates and loops
 * as its header says.
 *
 * @throws {Damage}
 */
export function deltaEnd(bytes: Uint8Array, start: number, count: number): number {
  let at = start;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      claim(at < bytes.length, "its deltas end too early");
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Damage("its deltas have a number that does not end");
  };
  const [blockSize, miniblocks, total] = [varint(), varint(), varint()];
  const perMiniblock = blockSize / miniblocks;
  claim(miniblocks >= 1 && miniblocks <= 1024 && blockSize <= 2 ** 20, "its deltas have blocks of a strange size");
  claim(Number.isInteger(perMiniblock / 32), "its deltas have blocks of a strange size");
  claim(total === count, "its deltas are more or fewer than the page says");
  varint(); // the first value
  for (let left = count - 1; left > 0; ) {
    varint(); // the smallest delta
    const widths = bytes.subarray(at, at + miniblocks);
    claim(widths.length === miniblocks, "its deltas end too early");
    at += miniblocks;
    for (let index = 0; index < miniblocks && left > 0; index++, left -= perMiniblock) {
      claim(widths[index]! <= 64, "its deltas have more than 64 bits");
      at += (perMiniblock / 8) * widths[index]!;
    }
    claim(at <= bytes.length, "its deltas end too early");
  }
  return at;
}
