import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors, writeStoredSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { seededRandom, storageOf, type Tensor } from "@petl/tensor";
import { readStored, storeWeight } from "@petl/weight-formats";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { loadWeights, type WeightStorage, weightKeeper } from "../../src/index.js";
import plain from "../running-mean.js";

beforeAll(async () => {
  await cpu.open();
});

const config = plain.geometries["mean-tiny"]!;
const layers = ["decoder.0.mix.weight", "decoder.1.mix.weight"];
const tables = ["decoder.embedding.weight", "lmHead.weight"];
const family = { ...plain, storable: () => ({ layers, tables }) };
const stored = (dtype: WeightStorage["dtype"], ...unfrozen: string[]): WeightStorage => ({
  dtype,
  unfrozen: new Set(unfrozen),
});
const formatsOf = (params: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(params).map(([name, tensor]) => [name, storageOf(tensor)?.format ?? "f32"]));

/** A checkpoint of drawn weights, the layers' in NF4. */
async function quantised(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "petl-stored-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const params = plain.initialise(config, seededRandom(4), "trained");
  const { names } = plain.stored(config, new Set());
  const tensors = [...names].map(([ours, name]) => {
    const { shape } = params[ours]!;
    const values = params[ours]!.dataSync() as Float32Array;
    const format = layers.includes(ours) ? "nf4" : "f32";
    return [
      name,
      { shape, format, read: () => (format === "f32" ? values : storeWeight(values, shape, format)) },
    ] as const;
  });
  const file = join(directory, "model.safetensors");
  await writeStoredSafetensors(file, Object.fromEntries(tensors));
  return file;
}

test.each([
  ["f32", "f32", "f32"],
  ["bf16", "bf16", "bf16"],
  ["f16", "f16", "f16"],
  ["int8", "int8", "bf16"],
  ["nf4+dq", "nf4+dq", "bf16"],
] as const)("%s: layers are %s and tables %s, and what is trained is f32", (dtype, ofLayers, ofTables) => {
  const keep = weightKeeper(family, config, stored(dtype, layers[1]!));
  const params = plain.initialise(config, seededRandom(4), "trained", keep.drawn);
  expect(formatsOf(params)).toEqual({
    [layers[0]!]: ofLayers,
    [layers[1]!]: "f32",
    [tables[0]!]: ofTables,
    [tables[1]!]: ofTables,
  });
});

test("a weight of a file is stored as one that was drawn is", async () => {
  const keep = weightKeeper(family, config, stored("nf4"));
  const drawn = plain.initialise(config, seededRandom(4), "trained", keep.drawn)[layers[0]!]!;
  const values = plain.initialise(config, seededRandom(4), "trained")[layers[0]!]!.dataSync() as Float32Array;
  expect(keep.values(layers[0]!, values, drawn.shape).dataSync()).toEqual(drawn.dataSync());
  expect(drawn.dataSync()).toEqual(readStored(storeWeight(values, drawn.shape, "nf4")));
});

test("file: weights are as the file has them, widened where a method trains them", async () => {
  const file = await quantised();
  const params = loadWeights(file, family, config, stored("file", layers[1]!));
  expect(formatsOf(params)).toEqual({
    [layers[0]!]: "nf4",
    [layers[1]!]: "f32",
    [tables[0]!]: "f32",
    [tables[1]!]: "f32",
  });
  const whole = loadWeights(file, family, config);
  expect(formatsOf(whole)[layers[0]!]).toBe("f32");
  for (const name of layers) expect(params[name]!.dataSync(), name).toEqual(whole[name]!.dataSync());
});

test("a value that a format does not hold is named with its file and tensor", async () => {
  const directory = mkdtempSync(join(tmpdir(), "petl-stored-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "model.safetensors");
  const shapes = plain.shapes(config);
  const tensors = [...plain.stored(config, new Set()).names].map(([ours, name]) => {
    const shape = shapes.get(ours)!;
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(1);
    if (ours === layers[1]) values[3] = 70_000;
    return [name, { shape, values }] as const;
  });
  writeSafetensors(file, Object.fromEntries(tensors));
  expect(() => loadWeights(file, family, config, stored("f16"))).toThrow(
    /model\.safetensors: expected tensor "layers\.1\.mix\.weight" to fit f16, got .*; choose another type/,
  );
});

test("weights that come from no file cannot be stored as it has them", () => {
  const keep = weightKeeper(family, config, stored("file"));
  expect(() => plain.initialise(config, seededRandom(4), "trained", keep.drawn)).toThrow(
    "backbone dtype: expected a format such as bf16 or nf4 for weights that come from no file, got file",
  );
});

test("a family that does not say what may be stored keeps float32", () => {
  expect(() => weightKeeper(plain, config, stored("nf4"))).toThrow(
    "family running-mean: expected f32, as it does not say which of its weights may be stored in fewer bits, got nf4; use --backbone-dtype f32",
  );
});
