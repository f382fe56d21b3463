import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { weightLayout } from "@petl/weight-formats";
import { describe, expect, test } from "vitest";
import { matchTensors, openCheckpoint, readSafetensors, storedFormat } from "../../src/index.js";
import { rawFile } from "../safetensors/raw-file.js";
import { storedFixture } from "../stored-fixtures.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";

const shapes = { "a.weight": [6, 80], "b.weight": [5, 7], "c.weight": [70, 64] };

describe.each([
  ["nf4", "nf4"],
  ["nf4-double", "nf4+dq"],
] as const)("%s.safetensors as bitsandbytes saves it", (file, format) => {
  const opened = () => openCheckpoint(storedFixture(`${file}.safetensors`));

  test("is one tensor for each weight, in its own shape, so that loaders match it", () => {
    const source = opened();
    expect(source.names().toSorted()).toEqual(["a.weight", "b.bias", "b.weight", "c.weight", "norm.weight"]);
    const expected = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
    expect(matchTensors(expected, source, { ignore: ["b.bias", "norm.weight"] }).size).toBe(3);
    expect(source.info("c.weight")).toEqual({
      dtype: format.toUpperCase(),
      shape: [70, 64],
      bytes: weightLayout(format, 70 * 64).bytes,
    });
    expect(storedFormat(source.info("c.weight"))).toBe(format);
    expect(storedFormat(source.info("norm.weight"))).toBe("bf16");
    expect(storedFormat(source.info("b.bias"))).toBeNull();
    source.close();
  });

  test("is read bit for bit as bitsandbytes reads it", () => {
    const [source, expected] = [opened(), readSafetensors(storedFixture(`${file}-read.safetensors`))];
    for (const name of source.names()) expect(source.read(name), name).toEqual(expected.read(name));
    for (const each of [source, expected]) each.close();
  });

  test("is stored in the format's layout; what is f32 is not", () => {
    const source = opened();
    for (const [name, shape] of Object.entries(shapes))
      expect(source.readStored(name)).toMatchObject({ format, shape });
    expect(source.readStored("norm.weight")).toMatchObject({ format: "bf16", shape: [7] });
    expect(source.readStored("b.bias")).toBeNull();
    source.close();
  });
});

test("parts of a weight may lie in several shards", () => {
  const whole = readSafetensors(storedFixture("nf4.safetensors"));
  const directory = temporaryDirectory();
  const names = ["b.weight", "b.weight.absmax", "b.weight.quant_map", "b.weight.quant_state.bitsandbytes__nf4"];
  const weight_map = Object.fromEntries(
    names.map((name, at) => {
      const { dtype, shape, bytes } = whole.info(name);
      const shard = rawFile({ [name]: { dtype, shape, data_offsets: [0, bytes] } }, whole.readBytes(name));
      copyFileSync(shard, join(directory, `${at}.safetensors`));
      return [name, `${at}.safetensors`];
    }),
  );
  writeFileSync(join(directory, "model.safetensors.index.json"), JSON.stringify({ weight_map }));
  const source = openCheckpoint(directory);
  expect(source.names()).toEqual(["b.weight"]);
  expect(source.read("b.weight")).toEqual(readSafetensors(storedFixture("nf4-read.safetensors")).read("b.weight"));
  source.close();
});

const state = { quant_type: "nf4", blocksize: 64, dtype: "bfloat16", shape: [2, 3] };
const map = readSafetensors(storedFixture("nf4.safetensors")).readBytes("a.weight.quant_map");

/** A weight of 2 x 3 with parts of our choice: the bytes and type of each. */
function weightFile(
  description: unknown,
  change: Record<string, [dtype: string, bytes: Uint8Array] | null> = {},
): string {
  const parts: Record<string, [dtype: string, bytes: Uint8Array] | null> = {
    w: ["U8", Uint8Array.of(0x07, 0x77, 0xff)],
    "w.absmax": ["F32", new Uint8Array(Float32Array.of(2).buffer)],
    "w.quant_map": ["F32", map],
    "w.quant_state.bitsandbytes__nf4": ["U8", new TextEncoder().encode(JSON.stringify(description))],
    ...change,
  };
  let position = 0;
  const header: Record<string, object> = {};
  const data: Uint8Array[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (part === null) continue;
    const [dtype, bytes] = part;
    header[name] = {
      dtype,
      shape: [dtype === "U8" ? bytes.length : bytes.length / 4],
      data_offsets: [position, position + bytes.length],
    };
    position += bytes.length;
    data.push(bytes);
  }
  return rawFile(header, Buffer.concat(data));
}

test("a weight by hand: first value in the high half of a byte, times its absmax", () => {
  const source = openCheckpoint(weightFile(state));
  expect([...source.read("w")]).toEqual([-2, 0, 0, 0, 2, 2]);
});

describe("what is not NF4 in blocks of 64 is refused in one line", () => {
  const nested: Record<string, [string, Uint8Array]> = {
    "w.absmax": ["U8", Uint8Array.of(0)],
    "w.nested_absmax": ["F32", new Uint8Array(4)],
    "w.nested_quant_map": [
      "F32",
      readSafetensors(storedFixture("nf4-double.safetensors")).readBytes("a.weight.nested_quant_map"),
    ],
  };
  const nestedState = { ...state, nested_blocksize: 256, nested_dtype: "float32", nested_offset: 0.5 };
  const otherMap = new Uint8Array(map);
  otherMap[14] = 0x3d; // a byte of the fourth value

  test.each<[string, unknown, Parameters<typeof weightFile>[1], string, string]>([
    ["another block size", { ...state, blocksize: 128 }, {}, "E_HEADER_INVALID", "blocksize: expected blocks of 64"],
    [
      "another type in the description",
      { ...state, quant_type: "fp4" },
      {},
      "E_HEADER_INVALID",
      "quant_type: expected nf4",
    ],
    ["a shape of other values", { ...state, shape: [2, 5] }, {}, "E_SHAPE_MISMATCH", '"w" to hold 5 bytes'],
    ["a shape without bounds", { ...state, shape: [2 ** 50, 2 ** 50] }, {}, "E_HEADER_INVALID", "that memory can hold"],
    ["no shape", { ...state, shape: undefined }, {}, "E_HEADER_INVALID", "shape"],
    ["a description that is no object", 7, {}, "E_HEADER_INVALID", "the whole"],
    ["no scales", state, { "w.absmax": null }, "E_TENSOR_MISSING", '"w.absmax"'],
    ["no codes", state, { w: null }, "E_TENSOR_MISSING", '"w"'],
    ["scales of another type", state, { "w.absmax": ["I32", new Uint8Array(4)] }, "E_SHAPE_MISMATCH", "4 bytes of F32"],
    ["scales for more blocks", state, { "w.absmax": ["F32", new Uint8Array(8)] }, "E_SHAPE_MISMATCH", "got 8 of F32"],
    ["another map", state, { "w.quant_map": ["F32", otherMap] }, "E_HEADER_INVALID", "at 3, as in the map"],
    ["nested scales without an offset", state, nested, "E_HEADER_INVALID", "one without the others"],
    ["an offset without nested scales", nestedState, {}, "E_HEADER_INVALID", "one without the others"],
    [
      "nested blocks of another size",
      { ...nestedState, nested_blocksize: 128 },
      nested,
      "E_HEADER_INVALID",
      "nested_blocksize: expected blocks of 256",
    ],
  ])("%s", async (_, description, change, code, words) => {
    const path = weightFile(description, change);
    const error = await thrownBy(() => openCheckpoint(path));
    expect(error).toMatchObject({ code, file: path });
    expect(error.message).toContain(words);
  });

  test("FP4, by the name of its description", async () => {
    const path = weightFile(state, {
      "w.quant_state.bitsandbytes__nf4": null,
      "w.quant_state.bitsandbytes__fp4": ["U8", Uint8Array.of(123, 125)],
    });
    expect((await thrownBy(() => openCheckpoint(path))).message).toContain("4-bit codes of type nf4, got fp4");
  });

  test("a double quantised weight with all its parts is read", () => {
    const source = openCheckpoint(weightFile(nestedState, nested));
    expect([...source.read("w")]).toEqual([-0.5, 0, 0, 0, 0.5, 0.5]);
  });
});
