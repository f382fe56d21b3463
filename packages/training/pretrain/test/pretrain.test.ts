import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBackbone } from "@petl/backbone";
import { loadTokenizer } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import t5, { initialise, T5 } from "@petl/family-t5";
import { seededRandom } from "@petl/tensor";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  corruptSpans,
  exportCheckpoint,
  type PretrainPoint,
  type PretrainSettings,
  pieces,
  pretrain,
  readCorpus,
} from "../src/index.js";
import { smallT5 } from "./small-t5.js";

const scratch = mkdtempSync(join(tmpdir(), "petl-pretrain-"));
beforeAll(async () => {
  await cpu.open();
});
afterAll(() => rmSync(scratch, { recursive: true }));

const tokenizer = loadTokenizer(t5.tokenizerDirectory);

describe("span corruption", () => {
  const settings = fc.record({
    rate: fc.double({ min: 0.05, max: 0.6, noNaN: true }),
    meanSpan: fc.integer({ min: 1, max: 5 }),
  });
  const sentinels = Array.from({ length: 100 }, (_, index) => 4095 - index);

  test("loses nothing: source and target put together are the text", () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 3, max: 3000 }), { minLength: 2, maxLength: 120 }),
        settings,
        fc.integer(),
        (tokens, how, seed) => {
          const { source, target, heads } = corruptSpans(tokens, how, sentinels, 1, seededRandom(seed));
          const spans = new Map<number, number[]>();
          for (const id of target.slice(0, -1)) {
            if (sentinels.includes(id)) spans.set(id, []);
            else [...spans.values()].at(-1)!.push(id);
          }
          expect(source.slice(0, -1).flatMap((id) => spans.get(id) ?? [id])).toEqual(tokens);
          for (const { position, token } of heads) expect(spans.get(source[position]!)![0]).toBe(token);
          expect([source.at(-1), target.at(-1)]).toEqual([1, 1]);
        },
      ),
    ));

  test("masks the share of tokens and the mean span it was told to", () => {
    const tokens = Array.from({ length: 200 }, (_, index) => 3 + index);
    const { target, heads } = corruptSpans(tokens, { rate: 0.15, meanSpan: 3 }, sentinels, 1, seededRandom(4));
    expect(heads.length).toBe(10);
    expect(target.length).toBe(30 + 10 + 1);
  });
});

const config = smallT5({
  vocabularySize: 4096,
  modelWidth: 32,
  headWidth: 8,
  heads: 4,
  feedForwardWidth: 48,
  encoderLayers: 1,
  decoderLayers: 1,
});
const settings: PretrainSettings = {
  seed: 3,
  steps: 6,
  batchSize: 4,
  length: 16,
  learningRate: 5e-3,
  warmupSteps: 2,
  schedule: "linear",
  beta2: 0.98,
  rate: 0.3,
  meanSpan: 2,
  encoderWeight: 1,
  summaryWeight: 1,
  saveEvery: 2,
};
const fresh = (): T5 => new T5("small", config, initialise(config, seededRandom(1)));

async function corpus() {
  const file = join(scratch, "text.txt");
  const lines = Array.from(
    { length: 60 },
    (_, index) => `The ${index % 7} old boats went slowly down the long river in spring.`,
  );
  writeFileSync(file, lines.join("\n"));
  return readCorpus([file], tokenizer);
}
const weights = (model: T5): Float32Array[] =>
  Object.values(model.params).map((tensor) => tensor.dataSync().slice() as Float32Array);

describe("pre-training", () => {
  test("interrupted and resumed gives bitwise the weights of one go", async () => {
    const [whole, parts] = [join(scratch, "whole"), join(scratch, "parts")].map((path) => mkdtempSync(path)) as [
      string,
      string,
    ];
    const text = await corpus();
    const uninterrupted = fresh();
    await pretrain(uninterrupted, tokenizer, text, settings, whole);

    const controller = new AbortController();
    const stop = pretrain(
      fresh(),
      tokenizer,
      text,
      settings,
      parts,
      ({ step }) => step === 4 && controller.abort(new Error("stop")),
      controller.signal,
    );
    await expect(stop).rejects.toThrow("stop");
    const resumed = fresh();
    await pretrain(resumed, tokenizer, text, settings, parts);
    expect(weights(resumed)).toEqual(weights(uninterrupted));
    const steps = readFileSync(join(parts, "curve.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).step);
    expect(steps).toEqual([2, 4, 6]);
  });

  test("brings the loss down on a text that repeats itself, and its checkpoint loads again", async () => {
    const directory = mkdtempSync(join(scratch, "learn"));
    const model = fresh();
    const points: PretrainPoint[] = [];
    await pretrain(model, tokenizer, await corpus(), { ...settings, steps: 60, saveEvery: 20 }, directory, (point) =>
      points.push(point),
    );
    const [first, last] = [points[0]!, points.at(-1)!];
    for (const loss of ["loss", "heldOutLoss", "wordLoss", "encoderLoss", "summaryLoss"] as const)
      expect(last[loss]).toBeLessThan(first[loss]);
    expect(last.wordLoss).toBeLessThan(last.unigramLoss);
    await exportCheckpoint(directory, model, {});
    copyFileSync(join(t5.tokenizerDirectory, "tokenizer.json"), join(directory, "tokenizer.json"));
    const { model: loaded, config: loadedConfig, source } = await loadBackbone(directory, t5, { seed: 0 });
    expect(source.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(loadedConfig).toEqual(config);
    const [before, after] = [
      model.param("encoder.norm.weight").dataSync(),
      loaded.param("encoder.norm.weight").dataSync(),
    ];
    for (const [index, value] of before.entries()) expect(after[index]).toBeCloseTo(value, 2);
  });

  test("keeps a text's ids for the next time, one file for each vocabulary", async () => {
    const cacheDirectory = mkdtempSync(join(scratch, "ids"));
    const file = join(scratch, "kept.txt");
    writeFileSync(file, "The cat sat.\n\nAnother day, another dog.\n");
    const first = await readCorpus([file], tokenizer, { cacheDirectory, vocabularyDigest: "one" });
    const again = await readCorpus([file], tokenizer, { cacheDirectory, vocabularyDigest: "one" });
    await readCorpus([file], tokenizer, { cacheDirectory, vocabularyDigest: "two" });
    expect(again).toEqual(first);
    expect(first.tokens).toEqual((await readCorpus([file], tokenizer)).tokens);
    expect(readdirSync(cacheDirectory).length).toBe(2);
  });

  test("holds out a hundredth of the text", async () => {
    const text = await corpus();
    const { training, heldOut } = pieces(text, 8);
    expect(training + heldOut).toBe(Math.floor(text.tokens.length / 8));
    expect(heldOut).toBe(Math.max(1, Math.floor((training + heldOut) / 100)));
  });
});
