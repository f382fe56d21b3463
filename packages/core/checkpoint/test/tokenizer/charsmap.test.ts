import { expect, test } from "vitest";
import { decodeCharsmap } from "../../src/tokenizer/charsmap.js";

/** A charsmap with one unit per trie node, so that every key byte `b` leads from base `n * 256` to `n * 256 ^ b`. */
function charsmapOf(rules: Record<string, string>): Uint8Array {
  const units: number[] = [];
  const replacements: number[] = [];
  let nodes = 1;
  const baseOf = new Map<string, number>([["", 256]]);
  units[0] = 256 << 10;
  const encoder = new TextEncoder();
  for (const [key, replacement] of Object.entries(rules)) {
    let path = "";
    for (const byte of encoder.encode(key)) {
      const at = baseOf.get(path)! ^ byte;
      path += `${byte},`;
      if (!baseOf.has(path)) {
        baseOf.set(path, ++nodes * 256);
        // The unit stores an offset relative to itself.
        units[at] = (((nodes * 256) ^ at) << 10) | byte;
      }
      if (path.split(",").length - 1 === encoder.encode(key).length) {
        units[at]! |= 0x100;
        units[baseOf.get(path)!] = 0x80000000 | replacements.length;
      }
    }
    replacements.push(...encoder.encode(replacement), 0);
  }
  const trie = Uint32Array.from({ length: (nodes + 1) * 256 }, (_, i) => units[i] ?? 0);
  const blob = new Uint8Array(4 + trie.byteLength + replacements.length);
  new DataView(blob.buffer).setUint32(0, trie.byteLength, true);
  blob.set(new Uint8Array(trie.buffer), 4);
  blob.set(replacements, 4 + trie.byteLength);
  return blob;
}

const normalize = decodeCharsmap(charsmapOf({ "\t": " ", "\ufb01": "fi", "e\u0301": "\u00e9", e: "E", "\u200b": "" }));

test("the longest key at each position is replaced, the rest is kept", () => {
  expect(normalize("a\tb")).toBe("a b");
  expect(normalize("\ufb01n")).toBe("fin");
  expect(normalize("ne\u0301e")).toBe("n\u00e9E");
  expect(normalize("x\u200by\u{1f600}\u4f60")).toBe("xy\u{1f600}\u4f60");
  expect(normalize("plain")).toBe("plain");
  expect(normalize("")).toBe("");
});

test("a lone surrogate becomes the replacement character", () => {
  expect(normalize("a\ud800b")).toBe("a\ufffdb");
});

test("a malformed charsmap is refused", () => {
  expect(() => decodeCharsmap(new Uint8Array(2))).toThrow(RangeError);
  expect(() => decodeCharsmap(Uint8Array.of(255, 255, 0, 0, 1))).toThrow(RangeError);
  expect(() => decodeCharsmap(Uint8Array.of(3, 0, 0, 0, 1, 2, 3, 4))).toThrow(RangeError);
});
