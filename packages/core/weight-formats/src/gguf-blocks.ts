import type { GgufFormat } from "./format.js";
import { f16Values } from "./half-floats.js";

/** Writes values `from` to `to` of the block that begins at byte `start` to `out`, the first at `at`. */
export type ReadBlock = (
  bytes: Uint8Array,
  start: number,
  from: number,
  to: number,
  out: Float32Array,
  at: number,
) => void;

/**
 * Blocks of GGUF's formats to f32, each operation rounded, bit for bit as `dequantize` of the Python package gguf 0.19.0.
 * https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export const ggufReaders: Readonly<Record<GgufFormat, ReadBlock>> = {
  q8_0(bytes, start, from, to, out, at) {
    const scale = half(bytes, start);
    for (let i = from; i < to; i++) out[at++] = scale * signed(bytes[start + 2 + i]!);
  },
  q4_0(bytes, start, from, to, out, at) {
    const scale = half(bytes, start);
    for (let i = from; i < to; i++) out[at++] = scale * (nibble(bytes, start + 2, i, 16) - 8);
  },
  q4_1(bytes, start, from, to, out, at) {
    const [scale, least] = [half(bytes, start), half(bytes, start + 2)];
    for (let i = from; i < to; i++) out[at++] = Math.fround(scale * nibble(bytes, start + 4, i, 16)) + least;
  },
  q4_k(bytes, start, from, to, out, at) {
    const [scale, least] = [half(bytes, start), half(bytes, start + 2)];
    for (let i = from; i < to; ) {
      const group = i >> 5;
      const end = Math.min(to, (group + 1) << 5);
      const groupScale = Math.fround(scale * sixBits(bytes, start + 4, 0, group));
      const groupLeast = Math.fround(least * sixBits(bytes, start + 4, 1, group));
      const codes = start + 16 + (group >> 1) * 32;
      const shift = (group & 1) << 2;
      for (; i < end; i++)
        out[at++] = Math.fround(groupScale * ((bytes[codes + (i & 31)]! >> shift) & 15)) - groupLeast;
    }
  },
  q6_k(bytes, start, from, to, out, at) {
    const scale = half(bytes, start + 208);
    for (let i = from; i < to; ) {
      const end = Math.min(to, (i & ~15) + 16);
      const groupScale = Math.fround(scale * signed(bytes[start + 192 + (i >> 4)]!));
      const [group, inHalf] = [i >> 5, (i >> 7) * 32];
      const low = start + (i >> 7) * 64 + (group & 1) * 32;
      const high = start + 128 + inHalf;
      for (; i < end; i++) {
        const lowBits = (bytes[low + (i & 31)]! >> ((group & 2) << 1)) & 15;
        const highBits = (bytes[high + (i & 31)]! >> ((group & 3) << 1)) & 3;
        out[at++] = groupScale * ((lowBits | (highBits << 4)) - 32);
      }
    }
  },
};

/** A half float, little-endian. */
const half = (bytes: Uint8Array, at: number): number => f16Values()[bytes[at]! | (bytes[at + 1]! << 8)]!;

const signed = (byte: number): number => (byte << 24) >> 24;

/** Code `index` where the first `count` codes lie in the low halves of bytes and the others in the high ones. */
const nibble = (bytes: Uint8Array, start: number, index: number, count: number): number =>
  index < count ? bytes[start + index]! & 15 : bytes[start + index - count]! >> 4;

/**
 * Scale (`part` 0) or minimum (1) of group 0 to 7, six bits each, in the 12 bytes at `start`. Of the first four groups they are the low
 * bits of bytes 0 to 3 or 4 to 7. Of the others, the two high bits of the same bytes stand above the low or high half of bytes 8 to 11.
 */
function sixBits(bytes: Uint8Array, start: number, part: 0 | 1, group: number): number {
  const byte = bytes[start + 4 * part + (group & 3)]!;
  if (group < 4) return byte & 63;
  return ((bytes[start + 8 + (group & 3)]! >> (4 * part)) & 15) | ((byte >> 2) & 48);
}
