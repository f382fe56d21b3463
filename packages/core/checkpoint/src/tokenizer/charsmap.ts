/** A normaliser compiled by SentencePiece; maps a text to its normal form. */
export type Charsmap = (text: string) => string;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads SentencePiece's `precompiled_charsmap`: a u32 byte length, a darts-clone double-array trie over UTF-8 keys of
 * that length, then the replacements as NUL-terminated UTF-8. At each position the longest key is replaced; what no
 * key begins with is kept.
 *
 * SentencePiece `src/normalizer.cc` (NormalizePrefix, DecodePrecompiledCharsMap) and darts-clone `include/darts.h`.
 * @throws RangeError where the blob is malformed
 */
export function decodeCharsmap(blob: Uint8Array): Charsmap {
  if (blob.byteLength < 4) throw new RangeError(`a charsmap of ${blob.byteLength} bytes`);
  const trieBytes = new DataView(blob.buffer, blob.byteOffset).getUint32(0, true);
  if (trieBytes % 4 !== 0 || trieBytes === 0 || 4 + trieBytes >= blob.byteLength) {
    throw new RangeError(`a charsmap of ${blob.byteLength} bytes whose trie claims ${trieBytes}`);
  }
  const units = new Uint32Array(new Uint8Array(blob.subarray(4, 4 + trieBytes)).buffer);
  const replacements = blob.subarray(4 + trieBytes);
  const kept = keptAscii(units);
  return (text) => (kept.test(text) ? text : replaced(encoder.encode(text), units, replacements));
}

function replaced(input: Uint8Array, units: Uint32Array, replacements: Uint8Array): string {
  const output: number[] = [];
  let at = 0;
  while (at < input.length) {
    const match = longestMatch(units, input, at);
    if (match === undefined) {
      const end = at + characterBytes(input[at]!);
      for (; at < end; at++) output.push(input[at]!);
    } else {
      for (let i = match.value; i < replacements.length && replacements[i] !== 0; i++) output.push(replacements[i]!);
      at += match.length;
    }
  }
  return decoder.decode(Uint8Array.from(output));
}

function longestMatch(units: Uint32Array, input: Uint8Array, start: number) {
  let longest: { value: number; length: number } | undefined;
  let node = childBase(units[0]!);
  for (let at = start; at < input.length; at++) {
    node ^= input[at]!;
    const unit = units[node];
    if (unit === undefined || label(unit) !== input[at]) break;
    node ^= childBase(unit);
    if (hasLeaf(unit)) longest = { value: leafValue(units, node), length: at + 1 - start };
  }
  return longest;
}

function leafValue(units: Uint32Array, node: number): number {
  return (units[node] ?? 0) & 0x7fffffff;
}

function hasLeaf(unit: number): boolean {
  return ((unit >>> 8) & 1) === 1;
}

/** The byte that leads to a unit; a leaf's highest bit makes it equal to no byte. */
function label(unit: number): number {
  return (unit & 0x800000ff) >>> 0;
}

function childBase(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}

function characterBytes(first: number): number {
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** Matches texts of ASCII characters that begin no key made of ASCII alone: they are their own normal form. */
function keptAscii(units: Uint32Array): RegExp {
  const kept: string[] = [];
  for (let byte = 0; byte < 0x80; byte++) {
    if (!beginsAsciiKey(units, childBase(units[0]!), byte)) kept.push(`\\u${byte.toString(16).padStart(4, "0")}`);
  }
  return kept.length === 0 ? /^$/ : new RegExp(`^[${kept.join("")}]*$`);
}

function beginsAsciiKey(units: Uint32Array, base: number, byte: number): boolean {
  const node = base ^ byte;
  const unit = units[node];
  if (unit === undefined || label(unit) !== byte || byte === 0) return byte === 0;
  if (hasLeaf(unit)) return true;
  for (let next = 1; next < 0x80; next++) if (beginsAsciiKey(units, node ^ childBase(unit), next)) return true;
  return false;
}
