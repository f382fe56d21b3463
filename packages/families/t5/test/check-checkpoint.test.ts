import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNotFinite, loadBackbone, saveCheckpoint } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import { seededRandom, tf } from "@petl/tensor";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import t5, { geometries, huggingFaceNames, initialise } from "../src/index.js";

beforeAll(async () => {
  await cpu.open();
});

const config = { ...geometries["t5-tiny"]!, modelWidth: 8, headWidth: 2, feedForwardWidth: 16 };

/** A tiny checkpoint with its tokenizer, fields of config.json replaced and, where asked, a value of its last tensor. */
async function checkpoint(fields: Readonly<Record<string, unknown>>, value?: number): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "petl-checks-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const params = initialise(config, seededRandom(0));
  if (value !== undefined) {
    const norm = params["decoder.norm.weight"] as ReturnType<typeof tf.variable>;
    norm.assign(tf.tensor1d([1, 1, value, 1, 1, 1, 1, 1]));
  }
  await saveCheckpoint(directory, {
    params,
    publishedNames: huggingFaceNames(config),
    configFields: t5.configFields(config),
  });
  tf.dispose(Object.values(params));
  copyFileSync(join(t5.tokenizerDirectory, "tokenizer.json"), join(directory, "tokenizer.json"));
  const file = join(directory, "config.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...fields }));
  return directory;
}

test("a sound checkpoint loads", async () => {
  const { model } = await loadBackbone(await checkpoint({}), t5, { seed: 0 });
  expect(await findNotFinite(model.params)).toBeNull();
  model.dispose();
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  "R8: a weight of %d is refused with tensor and file",
  async (value) => {
    const directory = await checkpoint({}, value);
    const before = tf.memory().numTensors;
    await expect(loadBackbone(directory, t5, { seed: 0 })).rejects.toThrow(
      `${join(directory, "model.safetensors")}: expected finite weights, got ${value} in tensor "decoder.final_layer_norm.weight" (value 2)`,
    );
    expect(tf.memory().numTensors).toBe(before);
  },
);

test.each([
  [{ pad_token_id: 4096 }, "expected pad_token_id from 0 to 4095 (the rows of the embedding table), got 4096"],
  [{ pad_token_id: -1 }, "expected pad_token_id from 0 to 4095"],
  [{ decoder_start_token_id: 1e6 }, "expected decoder_start_token_id from 0 to 4095"],
  [{ eos_token_id: 99_999 }, "expected eos_token_id from 0 to 4095"],
])("R8: %j is refused by field before any weight is read", async (fields, message) => {
  await expect(loadBackbone(await checkpoint(fields, Number.NaN), t5, { seed: 0 })).rejects.toThrow(message);
});

test("N15: an eos_token_id that is not the tokenizer's is refused, naming both", async () => {
  await expect(loadBackbone(await checkpoint({ eos_token_id: 5 }), t5, { seed: 0 })).rejects.toThrow(
    "expected the tokenizer's end of sequence 1 as eos_token_id, got 5",
  );
});
