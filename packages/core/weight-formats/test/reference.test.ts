import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  dynamicMap,
  type GgufFormat,
  ggufBlocks,
  nf4Values,
  readStored,
  type StoredWeight,
  storeWeight,
  type WeightFormat,
  weightLayout,
} from "../src/index.js";
import { bytesOf, floatsOf, reference } from "./reference.js";

/** The part of a stored weight's bytes that has this name. */
function partOf({ format, shape, bytes }: StoredWeight, name: string): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  const { offset, bytes: length } = weightLayout(format, count)[name as "codes"];
  return bytes.slice(offset, offset + length);
}

const digest = (data: Uint8Array | Float32Array): string => createHash("sha256").update(data).digest("hex");

/** The first values whose bits differ, and where; null where all are the same. */
function difference(found: Float32Array, expected: Float32Array): object | null {
  const [a, b] = [found, expected].map((values) => new Uint32Array(values.slice().buffer)) as [
    Uint32Array,
    Uint32Array,
  ];
  const at = a.findIndex((bits, index) => bits !== b[index]);
  if (at < 0 && a.length === b.length) return null;
  return { at, found: found[at], expected: expected[at], lengths: [a.length, b.length] };
}

test("the 16 values of NF4 and the 256 of the dynamic map are those of bitsandbytes", () => {
  expect(difference(Float32Array.from(nf4Values), floatsOf(reference.nf4Values))).toBeNull();
  expect(nf4Values.map(Math.fround)).toEqual(nf4Values);
  expect(difference(dynamicMap, floatsOf(reference.dynamicMap))).toBeNull();
});

describe.each(reference.cases)("$name", ({ shape, values, formats }) => {
  test.each(Object.keys(formats) as WeightFormat[])("%s is stored and read bit for bit as the reference", (format) => {
    const expected = formats[format]!;
    const stored = storeWeight(floatsOf(values), shape, format);
    for (const [name, part] of Object.entries(expected.parts))
      expect(partOf(stored, name), name).toEqual(bytesOf(part));
    expect(digest(readStored(stored))).toBe(expected.read);
  });
});

test.each(reference.many)(
  "double quantisation of $count values equals that of bitsandbytes",
  ({ count, parts, read }) => {
    const stored = storeWeight(formula(count), [count], "nf4+dq");
    const found = Object.fromEntries(Object.keys(parts).map((name) => [name, digest(partOf(stored, name))]));
    expect(found).toEqual(parts);
    expect(digest(readStored(stored))).toBe(read);
  },
);

test.each(reference.gguf)(
  "random blocks of $format are read bit for bit as the gguf package does",
  ({ format, blocks, read }) => {
    const bytes = bytesOf(blocks);
    const block = ggufBlocks[format];
    const weight = { format, shape: [(bytes.length / block.bytes) * block.values], bytes };
    expect(difference(readStored(weight), floatsOf(read))).toBeNull();
  },
);

describe.each(reference.ggml)("values of ggml's case $name", ({ values, squaredErrors }) => {
  test.each(Object.entries(squaredErrors) as [GgufFormat, number][])(
    "are stored in %s with no larger squared error than ggml's own encoder has",
    (format, most) => {
      const all = floatsOf(values);
      const read = readStored(storeWeight(all, [all.length], format));
      const error = all.reduce((sum, value, at) => sum + (read[at]! - value) ** 2, 0);
      expect(error).toBeGreaterThan(0.5 * most); // an error that a broken sum would not have
      expect(error).toBeLessThanOrEqual(most * (1 + 1e-6));
    },
  );
});

/** The values of the script's `formula`: 24 bits of i * 2654435761 mod 2^32, scaled by a power of two for each 64. */
function formula(count: number): Float32Array {
  const power = Float32Array.from({ length: 64 }, (_, at) => 2 ** (at / -8));
  return Float32Array.from({ length: count }, (_, index) => {
    const bits = Math.imul(index, 2_654_435_761) >>> 8;
    return (bits / 2 ** 23 - 1) * power[(Math.floor(index / 64) * 40_503) % 64]!;
  });
}
