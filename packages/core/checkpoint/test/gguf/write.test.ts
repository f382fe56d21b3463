import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readStored, type StoredWeight, storeWeight } from "@petl/weight-formats";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inModelOrder } from "../../src/gguf/naming.js";
import {
  type GgufMetadata,
  ggufValue,
  inFileOrder,
  type LazyGgufTensor,
  openCheckpoint,
  type WrittenFormat,
  writeGguf,
} from "../../src/index.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";

const formats = ["f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "q4_k", "q6_k"] as const satisfies WrittenFormat[];
const { bool, f32, f32s, i32s, string, strings, u32 } = ggufValue;

const weightOf = (format: WrittenFormat, shape: readonly number[]): Float32Array | StoredWeight => {
  const length = shape.reduce((product, each) => product * each, 1);
  const values = Float32Array.from({ length }, (_, at) => Math.sin(at));
  return format === "f32" ? values : storeWeight(values, shape, format);
};

const lazy = (format: WrittenFormat, shape: readonly number[]): LazyGgufTensor => ({
  ...{ format, shape },
  read: () => weightOf(format, shape),
});

async function written(metadata: GgufMetadata, tensors: Readonly<Record<string, LazyGgufTensor>>): Promise<string> {
  const path = join(temporaryDirectory(), "model.gguf");
  await writeGguf(path, { "general.architecture": string("none"), ...metadata }, tensors);
  return path;
}

test("a tensor of each format is read back bit for bit, in its shape, at a multiple of 32 bytes", async () => {
  const tensors = {
    "odd.bias": lazy("f32", [5]),
    ...Object.fromEntries(formats.map((format) => [`${format}.weight`, lazy(format, [3, 256])])),
    "cube.weight": lazy("f16", [2, 3, 4]),
  };
  const source = openCheckpoint(await written({}, tensors));
  expect(source.names()).toEqual(Object.keys(tensors));
  for (const [name, { format, shape }] of Object.entries<LazyGgufTensor>(tensors)) {
    const expected = weightOf(format, shape);
    expect(source.info(name)).toMatchObject({ dtype: format.toUpperCase(), shape });
    expect(source.readStored(name), name).toEqual(expected instanceof Float32Array ? null : expected);
    expect(source.read(name), name).toEqual(expected instanceof Float32Array ? expected : readStored(expected));
  }
  source.close();
});

test("metadata of every type are read back, and arrays passed over", async () => {
  const path = await written(
    {
      count: u32(4_000_000_000),
      epsilon: f32(1e-5),
      ...{ yes: bool(true), no: bool(false), text: string("naïve ▁ 日本"), empty: string("") },
      ...{ pieces: strings(["a", "", "é b"]), types: i32s([1, -3]), scores: f32s([-0.5, 2]) },
      last: u32(7),
    },
    { "a.weight": lazy("f32", [1]) },
  );
  expect(openCheckpoint(path).metadata).toEqual({
    "general.architecture": "none",
    ...{ count: "4000000000", epsilon: String(Math.fround(1e-5)), yes: "true", no: "false" },
    ...{ text: "naïve ▁ 日本", empty: "", last: "7" },
  });
  const bytes = readFileSync(path);
  for (const each of ["pieces", "é b"]) expect(bytes.includes(each)).toBe(true);
  const scores = bytes.indexOf("scores") + "scores".length;
  const view = new DataView(bytes.buffer, bytes.byteOffset + scores);
  expect([view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)]).toEqual([9, 6, 2]);
  expect([view.getFloat32(16, true), view.getFloat32(20, true)]).toEqual([-0.5, 2]);
});

test("a tensor that is not what it was said to be is refused, and no file is left", async () => {
  const path = join(temporaryDirectory(), "model.gguf");
  for (const wrong of [weightOf("q8_0", [2, 32]), weightOf("q4_0", [1, 32]), weightOf("f32", [1, 32])]) {
    const error = await thrownBy(() =>
      writeGguf(path, {}, { "a.weight": { shape: [1, 32], format: "q8_0", read: () => wrong } }),
    );
    expect(error).toMatchObject({ code: "E_SHAPE_MISMATCH", expected: expect.stringContaining('"a.weight" of shape') });
    expect(existsSync(path)).toBe(false);
  }
});

test("rows in the file's order are those in the model's order again when they are read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (heads, half) => {
      const storedRow = (row: number): number => {
        const channel = row % (2 * half);
        return row - channel + 2 * (channel % half) + Math.floor(channel / half);
      };
      const rows = heads * 2 * half;
      const data = Uint8Array.from({ length: 3 * rows }, (_, at) => at);
      const stored = inFileOrder(data, rows, storedRow);
      for (let row = 0; row < rows; row++) expect(stored[3 * storedRow(row)]).toBe(data[3 * row]);
      expect(inModelOrder(stored, rows, storedRow)).toEqual(data);
    }),
  );
});
