import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadBackbone, quantiseWeights } from "@petl/backbone";
import { loadTokenizer, openCheckpoint, readSafetensors, storedFormat } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { tf } from "@petl/tensor";
import { storeWeight } from "@petl/weight-formats";
import { beforeAll, describe, expect, test } from "vitest";
import family, { type Llama } from "../src/index.js";
import { type GgufDtype, type GgufModel, ggufModels, readBack, texts, writeModel } from "./gguf-models.js";
import { expectClose, fixtureDirectory } from "./reference.js";
import { passOf } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

const digest = (data: Uint8Array | Float32Array): string => createHash("sha256").update(data).digest("hex");

async function written(model: GgufModel, dtype: GgufDtype) {
  const { directory, config } = writeModel(model);
  const path = join(directory, "model.gguf");
  const result = await quantiseWeights(directory, path, family, config, { dtype, name: model.name });
  return { directory, config, path, ...result };
}

const cases = ggufModels.flatMap((model) => model.dtypes.map((dtype) => ({ model, dtype, name: model.name })));

describe.each(cases)("$name in $dtype", ({ model, dtype, name }) => {
  const theirs = readBack.files[`${name}-${dtype}`]!;

  test("is the file that gguf has read, and has the values that it read", async () => {
    const { path } = await written(model, dtype);
    expect(digest(readFileSync(path))).toBe(theirs.sha256);
    const file = openCheckpoint(path);
    expect(Object.fromEntries(file.names().map((each) => [each, digest(file.read(each))]))).toEqual(theirs.tensors);
    file.close();
  });

  test("has the codes of the original's values under the model's names, rows in the model's order", async () => {
    const { directory, path, config } = await written(model, dtype);
    const [found, original] = [openCheckpoint(path, { gguf: family.gguf!(config) }), openCheckpoint(directory)];
    expect(found.names().toSorted()).toEqual(original.names().toSorted());
    for (const each of original.names()) {
      const { shape } = original.info(each);
      expect(found.info(each).shape, each).toEqual(shape);
      const format = storedFormat(found.info(each));
      const values = original.read(each);
      const codes = format === null ? values : storeWeight(values, shape, format).bytes;
      expect(digest(found.readStored(each)?.bytes ?? found.read(each)), each).toBe(digest(codes));
    }
    for (const each of [found, original]) each.close();
  });

  // transformers reads no scaled frequencies from GGUF
  test.skipIf(name === "frequencies-of-llama-3")("gives the logits of transformers", async () => {
    const expected = readSafetensors(`${fixtureDirectory("gguf")}read-back.safetensors`);
    const { logits, vocabulary } = await logitsOf(model, dtype);
    const all = expected.read(`${name}-${dtype}`);
    for (const [row, each] of logits.entries())
      await expectClose(each, all.subarray(row * vocabulary, (row + 1) * vocabulary), `prompt ${row}`);
    expected.close();
  });

  test("gives about the log-probabilities of llama.cpp, which rounds activations", async () => {
    const { logits } = await logitsOf(model, dtype);
    for (const [row, each] of logits.entries()) {
      const ours = tf.tidy(() => tf.logSoftmax(tf.reshape(each, [1, -1])).dataSync());
      for (const [id, logProbability] of theirs.llamaCppLikeliest[row]!)
        expect(Math.abs(ours[id]! - logProbability), `prompt ${row}, id ${id}`).toBeLessThan(0.06);
    }
  });

  test("has the tokenizer's ids in llama.cpp and transformers, but for what these do otherwise", () => {
    const { directory } = writeModel(model);
    const tokenizer = loadTokenizer(directory);
    const differing = (ids: readonly (readonly number[])[]): string[] =>
      texts.filter((text, at) => tokenizer.encode(text).join() !== ids[at]!.join());
    const isQwen = name.startsWith("qwen");
    const notComposed = texts.filter((text) => isQwen && text !== text.normalize("NFC"));
    expect(differing(theirs.llamaCppIds)).toEqual(notComposed);
    const hasSpaces = (text: string): boolean => /^[ \u2581]|> /.test(text);
    const known = texts.filter((text) => {
      if (name === "smollm") return /\d00|Ⅷ/.test(text); // it does not divide digits, which these merges join
      return name === "mistral-like" && hasSpaces(text) && !text.startsWith("<|"); // it puts no space before a space
    });
    expect(differing(theirs.transformersIds)).toEqual(isQwen ? notComposed : known);
  });
});

async function logitsOf(model: GgufModel, dtype: GgufDtype) {
  const { directory } = await written(model, dtype);
  rmSync(join(directory, "model.safetensors")); // which would be read instead
  const { model: loaded, config } = await loadBackbone(directory, family, {
    ...{ seed: 0, storage: { dtype: "file", unfrozen: new Set() } },
  });
  const logits = readBack.prompts.map((source) => {
    const pass = passOf(loaded as Llama);
    return tf.tidy(() => loaded.readout(loaded.forward(loaded.pad([{ source: [...source], answer: [] }]), pass), pass));
  });
  return { logits, vocabulary: config.vocabularySize };
}

test("weights whose rows are no whole blocks are in the next format, which is told", async () => {
  const { otherFormats } = await written(ggufModels.find(({ name }) => name === "mistral-like")!, "q6_k");
  expect(otherFormats).toEqual([{ wanted: "q6_k", format: "q8_0", count: 16, block: 256 }]);
  const whole = await written(ggufModels.find(({ name }) => name === "llama")!, "q6_k");
  expect(whole.otherFormats).toEqual([]);
});

test("merges that are not those of SentencePiece are told", async () => {
  const { notes } = await written(ggufModels.find(({ name }) => name === "mistral-like")!, "q4_1");
  expect(notes).toEqual([expect.stringContaining("merges are not all that its pieces allow")]);
});
