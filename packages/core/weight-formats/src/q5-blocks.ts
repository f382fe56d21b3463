import { ggufBlocks } from "./format.js";

/** Blocks of GGUF's `q5_0`, which no weight is kept in: an f16 scale, the highest bits of 32 codes, their lower four. */
export const q5Blocks = { values: 32, bytes: 22 } as const;

/**
 * Blocks of `q5_0` as blocks of `q8_0` that hold exactly the same values: both multiply an f16 scale, by a whole number of 5 bits in
 * the one and of 8 in the other.
 *
 * @param bytes whole blocks of `q5_0`
 */
export function q8FromQ5(bytes: Uint8Array): Uint8Array {
  const blocks = bytes.length / q5Blocks.bytes;
  const wide = new Uint8Array(blocks * ggufBlocks.q8_0.bytes);
  for (let block = 0; block < blocks; block++) {
    const [from, to] = [block * q5Blocks.bytes, block * ggufBlocks.q8_0.bytes];
    wide[to] = bytes[from]!;
    wide[to + 1] = bytes[from + 1]!;
    for (let i = 0; i < q5Blocks.values; i++) {
      const high = (bytes[from + 2 + (i >> 3)]! >> (i & 7)) & 1;
      const low = (bytes[from + 6 + (i & 15)]! >> (i & 16 ? 4 : 0)) & 15;
      wide[to + 2 + i] = ((high << 4) | low) - 16;
    }
  }
  return wide;
}
