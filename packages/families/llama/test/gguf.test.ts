import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadWeights } from "@petl/backbone";
import { openCheckpoint, readConfig, readSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { tf } from "@petl/tensor";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import family from "../src/index.js";
import { fixtureDirectory } from "./reference.js";

beforeAll(async () => {
  await cpu.open();
});

/** A directory with a fixture's configuration and GGUF file, which the gguf package wrote of its safetensors file. */
function ggufDirectory(fixture: string): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-llama-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const name of ["config.json", "model.gguf"])
    copyFileSync(`${fixtureDirectory(fixture)}${name}`, join(directory, name));
  return directory;
}

/** How far a value in Q8_0 or F16 may be from the original, relative to the largest. */
const rounding = 1 / 127;

describe.each(["llama-grouped", "qwen2"])("the GGUF file of %s", (fixture) => {
  test("has the tensors of its safetensors file, by name, shape and value, rows of queries and keys in their order", () => {
    const config = readConfig(fixtureDirectory(fixture), family.config);
    const found = openCheckpoint(ggufDirectory(fixture), { gguf: family.gguf!(config) });
    const expected = readSafetensors(`${fixtureDirectory(fixture)}model.safetensors`);
    expect(found.names().toSorted()).toEqual(expected.names().toSorted());
    for (const name of expected.names()) {
      expect(found.info(name).shape).toEqual(expected.info(name).shape);
      const [a, b] = [found.read(name), expected.read(name)];
      const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(Math.max(...a.map((value, at) => Math.abs(value - b[at]!))), name).toBeLessThanOrEqual(largest * rounding);
    }
    for (const each of [found, expected]) each.close();
  });

  test("is loaded as weights of the family", () => {
    const directory = ggufDirectory(fixture);
    const params = loadWeights(directory, family, readConfig(directory, family.config));
    expect(Object.keys(params).length).toBe(
      readSafetensors(`${fixtureDirectory(fixture)}model.safetensors`).names().length,
    );
    tf.dispose(Object.values(params));
  });
});

/** Folders of a real checkpoint in float32 and, with `-gguf`, of the GGUF file that it was made of. */
const models = resolve(
  process.env.PETL_MODELS ?? fileURLToPath(new URL("../../../../../shared/data/models", import.meta.url)),
);
const [real, realGguf] = ["smollm2-135m", "smollm2-135m-gguf"].map((name) => join(models, name)) as [string, string];
const areThere = [real, realGguf].every((path) => existsSync(path));
if (!areThere)
  console.warn(`skipped: ${real} or ${realGguf} is absent (PETL_MODELS names the folder of real checkpoints)`);

test.skipIf(!areThere)("the real SmolLM2-135M in GGUF has the values of its float32 checkpoint, bit for bit", () => {
  const config = readConfig(real, family.config);
  const [found, expected] = [openCheckpoint(realGguf, { gguf: family.gguf!(config) }), openCheckpoint(real)];
  expect(found.names().toSorted()).toEqual(expected.names().toSorted());
  for (const name of expected.names()) {
    expect(found.info(name).shape).toEqual(expected.info(name).shape);
    const [a, b] = [found.read(name), expected.read(name)].map((values) => Buffer.from(values.buffer)) as [
      Buffer,
      Buffer,
    ];
    expect(a.equals(b), name).toBe(true);
  }
  for (const each of [found, expected]) each.close();
});

test("names of no tensor of the family stay as they are, so that a loader names them; frequencies are left out", () => {
  const naming = family.gguf!(family.testConfig);
  expect(naming.tensor("rope_freqs.weight", "llama")).toBeNull();
  expect(naming.tensor("blk.0.ffn_gate_inp.weight", "llama")).toEqual({ name: "blk.0.ffn_gate_inp.weight" });
  expect(naming.tensor("constructor.weight", "llama")).toEqual({ name: "constructor.weight" });
  expect(naming.tensor("output.weight", "qwen3")).toEqual({ name: "lm_head.weight" });
  expect(naming.tensor("blk.7.attn_q_norm.weight", "qwen3")).toEqual({
    name: "model.layers.7.self_attn.q_norm.weight",
  });
});
