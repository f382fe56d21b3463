import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type GgufNaming, openCheckpoint, readSafetensors, resolveCheckpoint, storedFormat } from "../../src/index.js";
import { storedFixture } from "../stored-fixtures.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";
import { type RawGguf, rawGgufFile, text, u32, u64 } from "./raw-gguf.js";

const types = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q5_0", "Q6_K"];

test("a tensor of each type is read bit for bit as the gguf package reads it", () => {
  const source = openCheckpoint(storedFixture("types.gguf"));
  const expected = readSafetensors(storedFixture("types-read.safetensors"));
  for (const type of types) {
    const name = `${type.toLowerCase()}.weight`;
    const { shape } = expected.info(name);
    expect(source.info(name)).toMatchObject({ dtype: type, shape });
    expect(source.read(name), name).toEqual(expected.read(name));
    const stored = source.readStored(name);
    const format = type === "Q5_0" ? "q8_0" : type.toLowerCase(); // the codes of Q5_0 are among those of Q8_0
    expect(stored).toEqual(type === "F32" ? null : { format, shape, bytes: expect.any(Uint8Array) });
    expect(storedFormat(source.info(name))).toBe(stored?.format ?? null);
  }
  expect(source.info("odd.bias")).toEqual({ dtype: "F32", shape: [5], bytes: 20 });
  for (const each of [source, expected]) each.close();
});

test("metadata are read as text, arrays left out", () => {
  const { metadata } = openCheckpoint(storedFixture("types.gguf"));
  expect(metadata).toEqual({
    "general.architecture": "llama",
    ...{ u8: "200", i8: "-3", u16: "60000", i16: "-300", u32: "4000000000", i32: "-70000" },
    ...{ u64: String(2n ** 60n), i64: String(-(2n ** 40n)), f32: "0.5", f64: "0.1" },
    ...{ bool: "true", string: "a caf\u00e9" },
  });
});

describe("a naming", () => {
  const naming: GgufNaming = {
    architectures: ["llama"],
    tensor(stored) {
      if (stored === "odd.bias") return null;
      return stored === "q8_0.weight" ? { name: "turned", storedRow: (row) => (row + 1) % 3 } : { name: stored };
    },
  };

  test("renames tensors, leaves some out and puts rows in the model's order, also those of stored blocks", () => {
    const plain = openCheckpoint(storedFixture("types.gguf"));
    const named = openCheckpoint(storedFixture("types.gguf"), { gguf: naming });
    expect(named.names()).toContain("turned");
    expect(named.names()).not.toContain("odd.bias");
    const [before, after] = [plain.read("q8_0.weight"), named.read("turned")];
    expect([...after]).toEqual([...before.slice(64), ...before.slice(0, 64)]);
    const rowBytes = (64 / 32) * 34;
    const stored = plain.readStored("q8_0.weight")!.bytes;
    expect([...named.readStored("turned")!.bytes]).toEqual([...stored.slice(rowBytes), ...stored.slice(0, rowBytes)]);
  });

  test("refuses a file of another architecture", async () => {
    const other = { ...naming, architectures: ["qwen2"] };
    expect(await thrownBy(() => openCheckpoint(storedFixture("types.gguf"), { gguf: other }))).toMatchObject({
      code: "E_CONFIG_INVALID",
      expected: "a model of qwen2",
      got: "general.architecture llama",
    });
  });
});

describe("a directory", () => {
  function directory(...names: string[]): string {
    const path = temporaryDirectory();
    for (const name of names) copyFileSync(storedFixture("types.gguf"), join(path, name));
    return path;
  }

  test("with one GGUF file and no other weights opens as that file", () => {
    expect(openCheckpoint(directory("any name.gguf")).names()).toContain("q4_k.weight");
  });

  test("with two, or a folder of that name alone, is refused", async () => {
    const two = await thrownBy(() => openCheckpoint(directory("a.gguf", "b.gguf")));
    expect(two).toMatchObject({ code: "E_FILE_MISSING", got: "a.gguf, b.gguf" });
    const folder = temporaryDirectory();
    mkdirSync(join(folder, "x.gguf"));
    expect(await thrownBy(() => openCheckpoint(folder))).toMatchObject({ code: "E_FILE_MISSING" });
  });

  test("with weights in safetensors beside it opens those", () => {
    const path = directory("a.gguf");
    copyFileSync(storedFixture("types-read.safetensors"), join(path, "model.safetensors"));
    expect(openCheckpoint(path).info("q4_k.weight").dtype).toBe("F32");
  });

  test("without what the file does not hold is refused, and named with all its files otherwise", async () => {
    const path = directory("a.gguf");
    const error = await thrownBy(() => resolveCheckpoint(path));
    expect(error.got).toBe("a checkpoint without config.json, tokenizer.json or spiece.model");
    for (const name of ["config.json", "tokenizer.json"]) writeFileSync(join(path, name), "{}");
    const { files } = await resolveCheckpoint(path);
    expect(files.map((file) => file.path)).toEqual(
      ["config.json", "tokenizer.json", "a.gguf"].map((name) => join(path, name)),
    );
  });
});

const one = { name: "w", dimensions: [4], type: 0, offset: 0 };
const alignment = (value: number) => [["general.alignment", 4, u32(value)]] as const;

describe("a bad file is refused by name in one line", () => {
  test.each<[string, RawGguf, string, string]>([
    ["another beginning", { magic: "GGML" }, "E_HEADER_INVALID", "another beginning"],
    ["version 1", { version: 1 }, "E_HEADER_INVALID", "got version 1"],
    ["another byte order", { version: 0x03000000 }, "E_HEADER_INVALID", "big-endian"],
    ["more tensors than fit", { tensorCount: 2n ** 63n }, "E_HEADER_INVALID", "a number of tensors that fits"],
    ["more metadata than fit", { metadataCount: 2n ** 40n }, "E_HEADER_INVALID", "a number of metadata that fits"],
    ["one tensor too many", { tensors: [one], tensorCount: 2n, dataBytes: 16 }, "E_FILE_TRUNCATED", "cut short"],
    ["a string without end", { metadata: [["k", 8, u64(2n ** 62n)]] }, "E_HEADER_INVALID", 'a length of "k"'],
    [
      "a key of 65,536 bytes",
      { metadata: [["k".repeat(65_536), 0, u32(0)]] },
      "E_HEADER_INVALID",
      "at most 65535 bytes",
    ],
    ["an unknown type of metadata", { metadata: [["k", 99, u32(0)]] }, "E_HEADER_INVALID", "type 99"],
    [
      "an array without end",
      { metadata: [["k", 9, Buffer.concat([u32(4), u64(2n ** 60n)])]] },
      "E_HEADER_INVALID",
      '"k"',
    ],
    ["arrays in arrays in arrays", { metadata: [["k", 9, nested(9)]] }, "E_HEADER_INVALID", "at most 4 deep"],
    ["one part of several", { metadata: [["split.count", 2, Buffer.of(3, 0)]] }, "E_HEADER_INVALID", "one of 3 parts"],
    ["an odd alignment", { metadata: alignment(24), tensors: [one] }, "E_HEADER_INVALID", "general.alignment, got 24"],
    ["an alignment of 0", { metadata: alignment(0) }, "E_HEADER_INVALID", "got 0"],
    [
      "five dimensions",
      { tensors: [{ ...one, dimensions: [1, 1, 1, 1, 1] }], dataBytes: 32 },
      "E_HEADER_INVALID",
      "got 5",
    ],
    ["a type that is not read", { tensors: [{ ...one, type: 13 }], dataBytes: 32 }, "E_DTYPE_UNKNOWN", "got Q5_K"],
    ["an unknown type", { tensors: [{ ...one, type: 77 }], dataBytes: 32 }, "E_DTYPE_UNKNOWN", "got type 77"],
    [
      "rows of no whole blocks",
      { tensors: [{ ...one, type: 8 }], dataBytes: 64 },
      "E_HEADER_INVALID",
      "multiple of 32",
    ],
    [
      "a shape without bounds",
      { tensors: [{ ...one, dimensions: [2n ** 62n, 2n ** 62n] }] },
      "E_HEADER_INVALID",
      "to fit in",
    ],
    ["a name twice", { tensors: [one, { ...one, offset: 32 }], dataBytes: 64 }, "E_HEADER_INVALID", '"w" once'],
    [
      "an offset beyond",
      { tensors: [{ ...one, offset: 2n ** 60n }], dataBytes: 16 },
      "E_HEADER_INVALID",
      "to begin within",
    ],
    [
      "an offset that is not aligned",
      { tensors: [{ ...one, offset: 8 }], dataBytes: 64 },
      "E_OFFSETS_INVALID",
      "multiple of 32",
    ],
    [
      "data that overlap",
      {
        tensors: [
          { ...one, dimensions: [16] },
          { ...one, name: "v", offset: 32 },
        ],
        dataBytes: 96,
      },
      "E_OFFSETS_INVALID",
      'overlaps "w"',
    ],
    ["data cut short", { tensors: [one], dataBytes: 15 }, "E_FILE_TRUNCATED", "cut short"],
  ])("%s", async (_, parts, code, words) => {
    const path = rawGgufFile(parts);
    const error = await thrownBy(() => openCheckpoint(path));
    expect(error.code).toContain(code);
    expect(error.file).toBe(path);
    expect(error.message).toContain(words);
  });

  test("a file cut at any length of its header, or of its data after it was opened", async () => {
    const whole = readFileSync(storedFixture("types.gguf"));
    const path = join(temporaryDirectory(), "cut.gguf");
    for (let length = 0; length < whole.length; length += length < 1200 ? 1 : 97) {
      writeFileSync(path, whole.subarray(0, length));
      expect((await thrownBy(() => openCheckpoint(path))).code).toMatch(/^E_(FILE_TRUNCATED|HEADER_INVALID)$/);
    }
    writeFileSync(path, whole);
    const source = openCheckpoint(path);
    truncateSync(path, 1600);
    expect(await thrownBy(() => source.read("q6_k.weight"))).toMatchObject({ code: "E_FILE_TRUNCATED" });
  });

  test("a tensor asked for that is not there, or as integers", async () => {
    const source = openCheckpoint(storedFixture("types.gguf"));
    expect(await thrownBy(() => source.read("x"))).toMatchObject({ code: "E_TENSOR_MISSING" });
    expect(await thrownBy(() => source.readIntegers("f32.weight"))).toMatchObject({
      code: "E_DTYPE_UNKNOWN",
      got: "F32",
    });
  });
});

/** The type and contents of an array that holds one array, and so on. */
function nested(depth: number): Buffer {
  return depth === 0 ? Buffer.concat([u32(0), u64(0)]) : Buffer.concat([u32(9), u64(1), nested(depth - 1)]);
}

test("a long vocabulary is passed over, without a copy", () => {
  const words = Buffer.concat(Array.from({ length: 50_000 }, (_, at) => text(`piece ${at}`)));
  const strings = Buffer.concat([u32(8), u64(50_000), words]);
  const template = text("x".repeat(100_000));
  const path = rawGgufFile({
    metadata: [
      ["tokens", 9, strings],
      ["template", 8, template],
      ["scores", 9, Buffer.concat([u32(6), u64(50_000), Buffer.alloc(200_000)])],
      ["last", 8, text("kept")],
    ],
    tensors: [one],
    dataBytes: 16,
  });
  const source = openCheckpoint(path);
  expect(source.metadata).toEqual({ last: "kept" });
  expect([...source.read("w")]).toEqual([0, 0, 0, 0]);
});
