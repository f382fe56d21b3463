import type { Precision } from "@petl/tensor";
import { expect, test } from "vitest";
import { extentsOf, workgroupBytes } from "../src/kernels/matrix-unit-program.js";
import { type Examined, featuresOf, productFeatures } from "../src/kernels/product-features.js";
import { choosePath, unitTiles } from "../src/kernels/product-path.js";
import { knownUnits } from "./known-units.js";

const all = ["shader-f16", "subgroups", "chromium-experimental-subgroup-matrix", "subgroup-size-control"];
const config = (M: number, N: number, K: number, componentType = "f16", resultComponentType = "f32") => ({
  ...{ M, N, K, componentType, resultComponentType },
});
const adapter = (change: Partial<Examined["info"]> = {}, features = all, bytes = 49_152): Examined => ({
  features: new Set(features),
  info: { subgroupMinSize: 32, subgroupMaxSize: 32, subgroupMatrixConfigs: [config(16, 16, 16)], ...change },
  limits: { maxComputeWorkgroupStorageSize: bytes },
});
const choose = (precision: Precision, examined: Examined) => choosePath(precision, productFeatures(examined));

test("the largest unit of f16 to f32 is taken, whatever else is listed", () => {
  const subgroupMatrixConfigs = [
    ...[config(16, 8, 8), config(16, 16, 16, "f16", "f16"), config(16, 8, 16), config(16, 16, 32, "i8", "i32")],
    ...[config(16, 16, 16), config(32, 32, 16)],
  ];
  const found = productFeatures(adapter({ subgroupMatrixConfigs }));
  expect(found.units.map(({ M, N, K }) => [M, N, K])).toEqual([
    [16, 16, 16],
    [16, 8, 16],
    [16, 8, 8],
  ]);
  expect(choosePath("f16", found)).toMatchObject({ name: "subgroup-matrix 16x16x16", path: { split: false } });
  expect(choosePath("f32x3", found)).toMatchObject({
    name: "subgroup-matrix 16x16x16, three products",
    path: { kind: "matrix-units", split: true },
  });
  expect(featuresOf(found)).toEqual(["shader-f16", "subgroups", "chromium-experimental-subgroup-matrix"]);
});

test("subgroups of several sizes are pinned to the largest, where the adapter can", () => {
  const sizes = { subgroupMinSize: 32, subgroupMaxSize: 64 };
  const found = productFeatures(adapter(sizes));
  expect(found.units[0]).toMatchObject({ subgroup: 64, pinned: true });
  expect(featuresOf(found)).toContain("subgroup-size-control");
  expect(choose("f16", adapter(sizes, all.slice(0, 3)))).toMatchObject({
    name: "shader-f16",
    reason: "its subgroups have 32 to 64 threads, and it cannot be told which to use",
  });
});

test("without matrix units f16 takes shader-f16, and f32x3 is refused", () => {
  const plain = adapter({}, ["shader-f16"]);
  expect(choose("f16", plain)).toMatchObject({ name: "shader-f16", reason: "the adapter offers no matrix units" });
  expect(featuresOf(productFeatures(plain))).toEqual(["shader-f16"]);
  expect(choose("f32x3", plain)).toEqual({
    path: null,
    reason:
      "three products are for matrix units only, and the adapter offers no matrix units; --precision f32 is faster",
  });
});

test.each([
  [adapter({}, []), "it has no shader-f16, and the adapter offers no matrix units"],
  [adapter({}, all.slice(1)), "it has no shader-f16, and its matrix units need shader-f16 and subgroups"],
])("with neither, f16 is refused with both reasons", (examined, reason) => {
  expect(choose("f16", examined)).toEqual({ path: null, reason });
  expect(choose("f32", examined)).toMatchObject({ name: "f32", path: { kind: "f32" } });
});

test("units of other types or sizes, and too little workgroup memory, are named", () => {
  const others = adapter({ subgroupMatrixConfigs: [config(8, 8, 8, "f32", "f32"), config(16, 16, 32, "i8", "i32")] });
  expect(productFeatures(others).noUnits).toBe(
    "its matrix units are none of f16 to f32 in 8 or 16, got f32 8x8x8 to f32, i8 16x16x32 to i32",
  );
  expect(productFeatures(adapter({}, all, 16_384)).noUnits).toMatch(/need 32768 bytes of workgroup memory, got 16384/);
});

test("parts are whole units, and the smaller tiles fit into 32 KB of workgroup memory", () => {
  for (const { unit } of knownUnits)
    for (const split of [false, true])
      for (const [name, tile] of Object.entries(unitTiles(unit, split))) {
        expect([tile.partRows % unit.M, tile.partColumns % unit.N]).toEqual([0, 0]);
        expect(extentsOf(tile, unit).threads).toBeLessThanOrEqual(256); // what every GPU allows
        const bytes = workgroupBytes({ unit, tile, split, buffers: 1 });
        expect(bytes, `${name} ${JSON.stringify(unit)}`).toBeLessThanOrEqual(name === "large" ? 49_152 : 32_768);
      }
});
