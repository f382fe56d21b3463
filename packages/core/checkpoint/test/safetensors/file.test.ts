import { chmodSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/index.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";
import { rawFile } from "./raw-file.js";

const tensors = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== "__metadata__" && name !== "__proto__"),
  fc
    .array(fc.nat(4), { maxLength: 4 })
    .chain((shape) =>
      fc.float32Array({ minLength: product(shape), maxLength: product(shape) }).map((values) => ({ shape, values })),
    ),
  { maxKeys: 6, noNullPrototype: true },
);

function product(shape: readonly number[]): number {
  return shape.reduce((total, length) => total * length, 1);
}

test("what is written is read back bit for bit, whatever the names, shapes and values", () => {
  const path = join(temporaryDirectory(), "model.safetensors");
  fc.assert(
    fc.property(tensors, fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (written, metadata) => {
      writeSafetensors(path, written, { metadata });
      const file = readSafetensors(path);
      expect(file.names().sort()).toEqual(Object.keys(written).sort());
      expect(Object.entries(file.metadata).sort()).toEqual(Object.entries(metadata).sort());
      for (const [name, { shape, values }] of Object.entries(written)) {
        expect(file.info(name)).toEqual({ dtype: "F32", shape, bytes: values.byteLength });
        expect(new Uint8Array(file.read(name).buffer)).toEqual(new Uint8Array(values.slice().buffer));
      }
      file.close();
    }),
  );
});

test("metadata may have any key", () => {
  const path = join(temporaryDirectory(), "model.safetensors");
  const metadata = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
  writeSafetensors(path, {}, { metadata });
  const file = readSafetensors(path);
  expect(Object.entries(file.metadata)).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
  file.close();
});

test("an F16 file holds each value rounded, in half the bytes", () => {
  const path = join(temporaryDirectory(), "model.safetensors");
  writeSafetensors(path, { a: { shape: [3], values: Float32Array.of(1, 0.1, -70000) } }, { dtype: "F16" });
  const file = readSafetensors(path);
  expect(file.info("a")).toEqual({ dtype: "F16", shape: [3], bytes: 6 });
  expect([...file.read("a")]).toEqual([1, 0.0999755859375, Number.NEGATIVE_INFINITY]);
});

test("BF16, I32 and I64 tensors are read, each as what it is", () => {
  const data = Buffer.alloc(4 + 4 + 8);
  data.writeUInt16LE(0x3fc0, 0); // 1.5
  data.writeUInt16LE(0xc000, 2); // -2
  data.writeInt32LE(-7, 4);
  data.writeBigInt64LE(2n ** 60n, 8);
  const file = readSafetensors(
    rawFile(
      {
        b: { dtype: "BF16", shape: [2], data_offsets: [0, 4] },
        i: { dtype: "I32", shape: [], data_offsets: [4, 8] },
        l: { dtype: "I64", shape: [1], data_offsets: [8, 16] },
      },
      data,
    ),
  );
  expect([...file.read("b")]).toEqual([1.5, -2]);
  expect(file.readIntegers("i")).toEqual(Int32Array.of(-7));
  expect(file.readIntegers("l")).toEqual(BigInt64Array.of(2n ** 60n));
});

test("values read are a copy of their own, and reading after closing opens the file again", () => {
  const path = join(temporaryDirectory(), "model.safetensors");
  writeSafetensors(path, { a: { shape: [1], values: Float32Array.of(3) } });
  const file = readSafetensors(path);
  file.read("a")[0] = 9;
  file.close();
  expect([...file.read("a")]).toEqual([3]);
});

test("a sparse file of 5 GB is opened and read by offset without loading it whole", () => {
  const elements = 1_300_000_000;
  const path = rawFile({
    big: { dtype: "F32", shape: [elements], data_offsets: [0, 4 * elements] },
    small: { dtype: "F32", shape: [2], data_offsets: [4 * elements, 4 * elements + 8] },
  });
  truncateSync(path, readFileSync(path).length + 4 * elements + 8);
  const before = process.memoryUsage().rss;
  const file = readSafetensors(path);
  expect([...file.read("small")]).toEqual([0, 0]);
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});

describe("a bad file is refused by name with what was expected", () => {
  const one = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  test.each([
    ["data cut short", { a: one }, 7, "E_FILE_TRUNCATED", "the file is cut short"],
    ["bytes too many", { a: one }, 12, "E_OFFSETS_INVALID", "4 of which belong to no tensor"],
    ["header that is no JSON", "{nonsense", 0, "E_HEADER_INVALID", "JSON"],
    ["header that is an array", [], 0, "E_HEADER_INVALID", "an array"],
    ["header of a control character", "\u0000", 0, "E_HEADER_INVALID", "JSON"],
    ["unknown dtype", { a: { ...one, dtype: "F33" } }, 8, "E_DTYPE_UNKNOWN", '"F33"'],
    ["dtype named like an object's own", { a: { ...one, dtype: "constructor" } }, 8, "E_DTYPE_UNKNOWN", "constructor"],
    ["shape and bytes that disagree", { a: { ...one, shape: [3] } }, 8, "E_SHAPE_MISMATCH", "12 bytes"],
    ["end before begin", { a: { ...one, data_offsets: [8, 0] } }, 8, "E_OFFSETS_INVALID", "[8, 0]"],
    ["gap", { a: { ...one, data_offsets: [4, 12] } }, 12, "E_OFFSETS_INVALID", "gap"],
    ["overlap", { a: one, b: { ...one, data_offsets: [4, 12] } }, 12, "E_OFFSETS_INVALID", "overlaps"],
    ["offset out of range", { a: { ...one, data_offsets: [2 ** 52, 2 ** 52 + 8] } }, 8, "E_OFFSETS_INVALID", "gap"],
    ["negative offset", { a: { ...one, data_offsets: [-8, 0] } }, 8, "E_HEADER_INVALID", "data_offsets"],
    ["missing shape", { a: { dtype: "F32", data_offsets: [0, 8] } }, 8, "E_HEADER_INVALID", '"a"'],
    ["metadata that is no text", { __metadata__: { n: 1 } }, 0, "E_HEADER_INVALID", "__metadata__"],
  ] as const)("%s", async (_, header, bytes, code, words) => {
    const path = rawFile(header, bytes);
    const error = await thrownBy(() => readSafetensors(path));
    expect(error).toMatchObject({ code, file: path });
    expect(error.message).toContain(words);
    expect(error.remedy).not.toBe("");
  });

  test("header longer than the file or than the format allows", async () => {
    expect(await thrownBy(() => readSafetensors(rawFile("{}", 0, 500n)))).toMatchObject({ code: "E_FILE_TRUNCATED" });
    const huge = await thrownBy(() => readSafetensors(rawFile("{}", 0, 2n ** 63n)));
    expect(huge).toMatchObject({ code: "E_HEADER_TOO_LARGE", got: "9223372036854775808 bytes" });
  });

  test("file of fewer than 8 bytes, or absent", async () => {
    const path = join(temporaryDirectory(), "short.safetensors");
    expect(await thrownBy(() => readSafetensors(path))).toMatchObject({ code: "E_FILE_MISSING", got: "no file" });
    writeFileSync(path, "abc");
    expect(await thrownBy(() => readSafetensors(path))).toMatchObject({ code: "E_FILE_TRUNCATED" });
  });

  test("file cut at any length", async () => {
    const path = join(temporaryDirectory(), "model.safetensors");
    writeSafetensors(path, { a: { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) } });
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect((await thrownBy(() => readSafetensors(path))).code).toBe("E_FILE_TRUNCATED");
    }
  });

  test("file cut after it was opened", async () => {
    const path = join(temporaryDirectory(), "model.safetensors");
    writeSafetensors(path, { a: { shape: [4], values: new Float32Array(4) } });
    const file = readSafetensors(path);
    truncateSync(path, readFileSync(path).length - 1);
    expect(await thrownBy(() => file.read("a"))).toMatchObject({ code: "E_FILE_TRUNCATED" });
  });

  test("tensor asked for that is not there, or not of that kind", async () => {
    const path = rawFile({ a: { dtype: "I32", shape: [1], data_offsets: [0, 4] } }, 4);
    const file = readSafetensors(path);
    expect(await thrownBy(() => file.read("b"))).toMatchObject({ code: "E_TENSOR_MISSING", expected: 'a tensor "b"' });
    expect(await thrownBy(() => file.read("a"))).toMatchObject({ code: "E_DTYPE_UNKNOWN", got: "I32" });
  });
});

test("a failed write leaves the old file whole and no temporary file behind", async () => {
  const path = join(temporaryDirectory(), "model.safetensors");
  writeSafetensors(path, { a: { shape: [1], values: Float32Array.of(5) } });
  const bad = { a: { shape: [1], values: Float32Array.of(6) }, b: { shape: [2], values: Float32Array.of(1) } };
  expect(await thrownBy(() => writeSafetensors(path, bad))).toMatchObject({ code: "E_SHAPE_MISMATCH" });
  expect([...readSafetensors(path).read("a")]).toEqual([5]);
  expect(readdirSync(dirname(path))).toEqual(["model.safetensors"]);
});

test("a directory that is absent or read-only is named when writing", async () => {
  const directory = temporaryDirectory();
  const absent = join(directory, "no", "model.safetensors");
  expect(await thrownBy(() => writeSafetensors(absent, {}))).toMatchObject({ code: "E_WRITE_FAILED", file: absent });
  if (process.getuid?.() === 0) return; // root may write anywhere
  chmodSync(directory, 0o500);
  const error = await thrownBy(() => writeSafetensors(join(directory, "model.safetensors"), {}));
  expect(error.code).toBe("E_WRITE_FAILED");
});
