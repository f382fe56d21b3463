import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { storeWeight } from "@petl/weight-formats";
import { describe, expect, test } from "vitest";
import {
  type LazyStoredTensor,
  openCheckpoint,
  quantisationConfig,
  quantisationField,
  readSafetensors,
  type SafetensorsFormat,
  writeStoredSafetensors,
} from "../src/index.js";
import { readBack, storedFixture } from "./stored-fixtures.js";
import { temporaryDirectory } from "./temporary-directory.js";
import { thrownBy } from "./thrown.js";

const digest = (data: Uint8Array | Float32Array): string => createHash("sha256").update(data).digest("hex");

/** The tensors of a fixture, to be stored as `scripts/fixtures/export-stored.mjs` does. */
function tensorsOf(file: string, quantised: "nf4" | "nf4+dq"): Record<string, LazyStoredTensor<SafetensorsFormat>> {
  const source = readSafetensors(storedFixture(`${file}-read.safetensors`));
  const plain: Record<string, SafetensorsFormat> = { "norm.weight": "bf16", "b.bias": "f32" };
  return Object.fromEntries(
    source.names().map((name) => {
      const { shape } = source.info(name);
      const format = plain[name] ?? quantised;
      const read = () => (format === "f32" ? source.read(name) : storeWeight(source.read(name), shape, format));
      return [name, { shape, format, read }];
    }),
  );
}

describe.each([
  ["nf4", "nf4"],
  ["nf4-double", "nf4+dq"],
] as const)("a file in %s", (file, format) => {
  test("is the one that bitsandbytes has read, and has the values that it read", async () => {
    const path = join(temporaryDirectory(), "model.safetensors");
    await writeStoredSafetensors(path, tensorsOf(file, format));
    expect(digest(readFileSync(path))).toBe(readBack[file]!.sha256);
    const source = openCheckpoint(path);
    expect(Object.fromEntries(source.names().map((name) => [name, digest(source.read(name))]))).toEqual(
      readBack[file]!.read,
    );
    source.close();
  });

  test("has every tensor at a multiple of the size of its values", async () => {
    const path = join(temporaryDirectory(), "model.safetensors");
    await writeStoredSafetensors(path, tensorsOf(file, format));
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as Record<
      string,
      { dtype: string; data_offsets: number[] }
    >;
    const sizes: Record<string, number> = { F32: 4, BF16: 2, U8: 1 };
    const odd = Object.entries(header).filter(([, { dtype, data_offsets: at }]) => at && at[0]! % sizes[dtype]! !== 0);
    expect(odd).toEqual([]);
  });
});

test("a weight that is not what it was said to be is refused, and leaves no file", async () => {
  const directory = temporaryDirectory();
  const path = join(directory, "model.safetensors");
  const weight = storeWeight(new Float32Array(64), [64], "nf4");
  const wrong: [LazyStoredTensor<SafetensorsFormat>, string][] = [
    [{ shape: [65], format: "nf4", read: () => weight }, "got 36 bytes of nf4"],
    [{ shape: [64], format: "nf4+dq", read: () => weight }, "of nf4+dq, got 36 bytes of nf4"],
    [{ shape: [64], format: "f32", read: () => weight }, "256 bytes of f32, got 36 bytes of nf4"],
    [{ shape: [64], format: "bf16", read: () => new Float32Array(64) }, "128 bytes of bf16, got 256 bytes of f32"],
  ];
  for (const [tensor, words] of wrong) {
    const error = await thrownBy(() => writeStoredSafetensors(path, { w: tensor }));
    expect(error).toMatchObject({ code: "E_SHAPE_MISMATCH", file: path });
    expect(error.message).toContain(words);
    expect(readdirSync(directory)).toEqual([]);
  }
});

test("the configuration that is written beside such a file is one that is read; others are not", () => {
  for (const format of ["nf4", "nf4+dq"] as const)
    expect(quantisationField.safeParse(quantisationConfig(format, ["lm_head"])).success).toBe(true);
  expect(quantisationField.safeParse(undefined).success).toBe(true);
  for (const field of [{}, 4, { quant_method: "gptq" }, { quant_method: "bitsandbytes", load_in_8bit: true }])
    expect(quantisationField.safeParse(field).success, JSON.stringify(field)).toBe(false);
});
