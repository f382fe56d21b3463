import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decompress } from "../src/parquet/decompress.js";
import { deltaEnd } from "../src/parquet/delta.js";
import { decodeRuns } from "../src/parquet/runs.js";
import { structEnd } from "../src/parquet/thrift.js";

const bytes = (...values: number[]) => Uint8Array.from(values);
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const runs = (width: number, count: number, ...values: number[]) =>
  decodeRuns(bytes(...values), 0, values.length, width, count);

describe("runs", () => {
  test("bit-packed values of every width are those that were packed", () => {
    const packed = fc.integer({ min: 1, max: 32 }).chain((width) =>
      fc.record({
        width: fc.constant(width),
        values: fc.array(fc.nat({ max: 2 ** width - 1 }), { minLength: 1, maxLength: 40 }),
      }),
    );
    fc.assert(
      fc.property(packed, ({ width, values }) => {
        const groups = Math.ceil(values.length / 8);
        let bits = 0n;
        values.forEach((value, index) => {
          bits |= BigInt(value) << BigInt(index * width);
        });
        const body = Array.from({ length: groups * width }, (_, index) => Number((bits >> BigInt(8 * index)) & 255n));
        expect([...runs(width, values.length, ...varint(groups * 2 + 1), ...body)]).toEqual(values);
      }),
    );
  });

  test("a run repeats its value", () => {
    expect([...runs(9, 5, ...varint(3 * 2), 0x2c, 0x01, ...varint(2 * 2), 7, 0)]).toEqual([300, 300, 300, 7, 7]);
  });

  test("a packed run may be padded to more than a group of eight, or not at all", () => {
    expect([...runs(8, 3, ...varint(2 * 2 + 1), ...Array(16).fill(9))]).toEqual([9, 9, 9]);
    expect([...runs(8, 3, ...varint(1 * 2 + 1), 7, 8, 9)]).toEqual([7, 8, 9]);
  });

  test.each([
    ["a run of 2^30 values", [1, 10, ...varint(2 ** 31), 1], "a run is longer than the page"],
    ["2^27 groups of no bits", [0, 10, ...varint(2 ** 28 + 1)], "a run is longer than the page"],
    ["2^27 groups of one bit", [1, 10, ...varint(2 ** 28 + 1), 1, 2, 3], "a run is longer than the page"],
    ["too few bytes", [8, 10, ...varint(2 * 2 + 1), 1, 2, 3], "its runs end too early"],
    ["too few runs", [1, 10, ...varint(4 * 2), 1], "its runs end too early"],
    ["a length without end", [1, 10, ...Array(9).fill(255)], "its runs end too early"],
    ["33 bits", [33, 1, 2, 0, 0, 0, 0, 0], "more than 32 bits"],
  ] as const)("%s: refused", (_, [width, count, ...values], message) => {
    expect(() => runs(width!, count!, ...(values as number[]))).toThrow(message);
  });
});

describe("headers", () => {
  test("a struct ends at its stop", () => {
    expect(structEnd(bytes(0x15, 2, 0x18, 2, 65, 66, 0x19, 0x25, 1, 2, 0x1c, 0x11, 0, 0, 99), 0)).toBe(14);
  });

  test.each([
    ["a list of 2^32 entries", [0x19, 0xf5, ...varint(2 ** 32), 1], "cut off"],
    ["a text of 2^31 bytes", [0x18, ...varint(2 ** 31), 65], "cut off"],
    ["no stop", [0x15, 2], "cut off"],
    ["a number without end", [0x16, ...Array(20).fill(0x80), 0], "a number that does not end"],
    ["structs in structs", Array(100).fill(0x1c), "nested too deep"],
    ["lists in lists", [0x19, ...Array(100).fill(0x19), 0x15, 0], "unknown type"],
    ["a type that there is not", [0x1d, 0], "unknown type"],
  ])("%s: refused", (_, values, message) => {
    expect(() => structEnd(bytes(...values), 0)).toThrow(message);
  });
});

describe("deltas", () => {
  const header = (block: number, miniblocks: number, total: number) => [
    ...varint(block),
    ...varint(miniblocks),
    ...varint(total),
    0,
  ];

  test("end after their last block", () => {
    const stream = [...header(128, 4, 34), 0, 1, 2, 0, 0, ...Array(4 + 8).fill(0), 99];
    expect(deltaEnd(bytes(...stream), 0, 34)).toBe(stream.length - 1);
  });

  test.each([
    ["2^31 miniblocks", [...header(2 ** 31, 2 ** 31, 2), 0], "blocks of a strange size"],
    ["no miniblocks", [...header(128, 0, 2), 0], "blocks of a strange size"],
    ["another count", [...header(128, 4, 3), 0, 0, 0, 0, 0], "more or fewer than the page says"],
    ["no widths", [...header(128, 4, 2), 0], "end too early"],
    ["no values", [...header(128, 4, 2), 0, 9, 0, 0, 0], "end too early"],
    ["65 bits", [...header(128, 4, 2), 0, 65, 0, 0, 0], "more than 64 bits"],
    ["a number without end", [...header(128, 4, 2), ...Array(20).fill(0x80)], "does not end"],
  ])("%s: refused", (_, values, message) => {
    expect(() => deltaEnd(bytes(...values), 0, 2)).toThrow(message);
  });
});

describe("compression", () => {
  test.each([
    ["SNAPPY", [...varint(4), 0xfc, 0, 0, 0, 0x90, 1], 4, "not whole snappy data"],
    ["SNAPPY", [...varint(2 ** 30), 0, 65], 4, "1073741824 bytes where its header says 4"],
    ["SNAPPY", [0x80, 0x80], 4, "not snappy data"],
    ["ZSTD", [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 64, 1, 0, 0], 4, "1073741824 bytes where its header says 4"],
    ["ZSTD", [1, 2, 3, 4, 5, 6], 4, "not zstd data"],
    ["ZSTD", [0x28, 0xb5, 0x2f, 0xfd, 0, 0xa0, 1, 0, 0], 4, "zstd window is larger than the page"],
    ["ZSTD", [0x28, 0xb5, 0x2f, 0xfd, 0x20, 4, 0x11, 0, 0, 65, 66], 4, "2 bytes where its header says 4"],
    ["ZSTD", [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0xfb, 0xff, 0xff, 65], 4, "more than the 4 bytes"],
    ["ZSTD", [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0x23, 0, 0, 65, 0x28], 4, "not one whole zstd frame"],
    ["LZ4_RAW", [0x20, 65, 66], 4, "2 bytes where its header says 4"],
    ["LZ4_RAW", [0x10, 65, 2, 0], 4, "damaged LZ4 data"],
    ["LZ4_RAW", [0x1f, 65, 1, 0, 255, 255, 0], 4, "damaged LZ4 data"],
    ["LZ4_RAW", [0xf0, 255], 4, "cut-off LZ4 data"],
    ["GZIP", [0x1f, 0x8b, 8], 4, "unexpected end of file"],
    ["UNCOMPRESSED", [1, 2], 4, "2 bytes where its header says 4"],
    ["LZO", [1], 4, "compressed with LZO, which is not read"],
  ] as const)("%s %j: refused", (codec, values, size, message) => {
    expect(() => decompress(bytes(...values), codec, size)).toThrow(message);
  });
});
