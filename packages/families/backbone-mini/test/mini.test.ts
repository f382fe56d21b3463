import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadBackbone, randomPackage } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import t5 from "@petl/family-t5";
import { expect, test } from "vitest";
import mini from "../src/index.js";

const module = new URL("../src/index.ts", import.meta.url).href;
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const weights = join(mini.directory, "model.safetensors");

test("the weights are those the package and its model card name, in at most 12 MB", () => {
  const digest = createHash("sha256").update(readFileSync(weights)).digest("hex");
  expect(mini.sha256).toBe(digest);
  expect(readme).toContain(digest);
  expect(statSync(weights).size).toBeLessThanOrEqual(12e6);
});

test("it loads as a T5 v1.1 whose tokenizer fits", async () => {
  const device = await cpu.open();
  const { model, config, tokenizer, source } = await loadBackbone(module, t5, { seed: 0 });
  expect(source).toMatchObject({ name: "mini", kind: "package", sha256: mini.sha256 });
  expect(config).toMatchObject({ activation: "gated-gelu", tiedHead: false });
  expect(tokenizer.vocabularySize).toBe(config.vocabularySize);
  expect(tokenizer.decode(tokenizer.encode("A long river."))).toBe("a long river.");
  model.dispose();
  await device.close();
});

test("its geometry is to be had with random weights", async () => {
  const device = await cpu.open();
  const { model, source } = await loadBackbone(module + randomPackage, t5, { seed: 0 });
  expect(source).toEqual({ name: "mini-random", kind: "random", sha256: null, revision: null });
  const values = model.param("shared.weight").dataSync() as Float32Array;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(deviation).toBeCloseTo(1, 1);
  model.dispose();
  await device.close();
});
