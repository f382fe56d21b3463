import cpu from "@petl/device-cpu";
import { initialise, T5 } from "@petl/family-t5";
import { seededRandom, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { cooccurrenceEmbeddings, orthonormal } from "../src/cooccurrence.js";
import { warmStart } from "../src/warm-start.js";
import { smallT5 } from "./small-t5.js";

beforeAll(async () => {
  await cpu.open();
});

/** Two kinds of words, 2..5 and 6..9; each stands only among its own. Id 10 never occurs. */
function twoKinds(length: number): Uint16Array {
  const draws = seededRandom(5).integers(length, 4);
  return Uint16Array.from(draws, (draw, at) => (Math.floor(at / 12) % 2 === 0 ? 2 : 6) + draw);
}

const vocabularySize = 64;
const width = 4;

describe("embeddings from counts", () => {
  const embeddings = cooccurrenceEmbeddingsOf(seededRandom(0));
  const row = (id: number): Float32Array => embeddings().subarray(id * width, (id + 1) * width);
  const similarity = (a: number, b: number): number =>
    row(a).reduce((sum, value, index) => sum + value * row(b)[index]!, 0) / width;

  test("put words of one kind nearer to each other than to the other kind", () => {
    for (const a of [2, 3, 4, 5]) {
      for (const b of [2, 3, 4, 5]) expect(similarity(a, b)).toBeGreaterThan(similarity(a, b + 4) + 0.5);
    }
  });

  test("give every row a root mean square of 1, but for words that never occur, which are random", () => {
    for (let id = 2; id < 10; id++) expect(Math.hypot(...row(id)) / Math.sqrt(width)).toBeCloseTo(1, 4);
    expect(Math.hypot(...row(10))).toBeGreaterThan(0);
  });

  test("are the same bits again, and others with another stream", () => {
    expect(cooccurrenceEmbeddingsOf(seededRandom(0))()).toEqual(embeddings());
    expect(cooccurrenceEmbeddingsOf(seededRandom(1))()).not.toEqual(embeddings());
  });

  function cooccurrenceEmbeddingsOf(random: ReturnType<typeof seededRandom>): () => Float32Array {
    let made: Float32Array | undefined;
    return () => {
      made ??= cooccurrenceEmbeddings(twoKinds(4000), vocabularySize, width, random);
      return made;
    };
  }
});

const count = (tokens: Uint16Array, id: number): number => tokens.filter((token) => token === id).length;

const config = smallT5({
  vocabularySize,
  modelWidth: 8,
  headWidth: 2,
  heads: 4,
  feedForwardWidth: 12,
  encoderLayers: 1,
  decoderLayers: 2,
});

describe("a warm start", () => {
  test("lets cross-attention look for the token it stands on and copy what it finds", () => {
    const model = new T5("warm", config, initialise(config, seededRandom(1)));
    warmStart(model, { tokens: twoKinds(400), files: [] }, seededRandom(2));
    for (const layer of [0, 1]) {
      const weight = (part: string) => model.param(`decoder.${layer}.crossAttention.${part}.weight`);
      expect(weight("query").dataSync()).toEqual(weight("key").dataSync());
      const copied = tf.matMul(weight("output"), weight("value")).arraySync() as number[][];
      for (const [index, values] of copied.entries()) {
        for (const [other, value] of values.entries()) expect(value).toBeCloseTo(index === other ? 1 : 0, 4);
      }
    }
    model.dispose();
  });

  test("knows how frequent each token is before it knows anything else", () => {
    const model = new T5("warm", config, initialise(config, seededRandom(1)));
    const tokens = Uint16Array.from(twoKinds(400), (token, at) => (at % 2 === 0 ? 2 : token));
    warmStart(model, { tokens, files: [] }, seededRandom(2));
    const first = (name: string) => (model.param(name).arraySync() as number[][]).map((row) => row[0]!);
    expect(new Set(first("shared.weight")).size).toBe(1);
    const head = first("lmHead.weight");
    expect(head[2]).toBe(Math.max(...head));
    expect(head[2]! - head[3]!).toBeCloseTo(Math.log((count(tokens, 2) + 1) / (count(tokens, 3) + 1)) / 4, 4);
    model.dispose();
  });

  test("gives the first heads one distance each and keeps the others from their own token", () => {
    const model = new T5(
      "warm",
      { ...config, heads: 8, headWidth: 1 },
      initialise({ ...config, heads: 8, headWidth: 1 }, seededRandom(1)),
    );
    warmStart(model, { tokens: twoKinds(400), files: [] }, seededRandom(2));
    const table = model.param("encoder.relativeBias.weight").arraySync() as number[][]; // (buckets, heads)
    for (const [head, bucket] of [1, 5, 2, 6].entries())
      expect(table.map((row) => row[head])).toEqual(table.map((_, at) => (at === bucket ? 4 : 0)));
    for (const head of [4, 5, 6, 7])
      expect(table.map((row) => row[head])).toEqual(table.map((_, bucket) => (bucket === 0 ? -20 : 0)));
    model.dispose();
  });
});

test("an orthonormal basis spans what it was made of", () => {
  const columns = seededRandom(3).normal([9, 3]);
  const basis = orthonormal(columns);
  const gram = tf.matMul(basis, basis, true).arraySync() as number[][];
  for (const [row, values] of gram.entries())
    for (const [column, value] of values.entries()) expect(value).toBeCloseTo(row === column ? 1 : 0, 5);
  const projected = tf.matMul(basis, tf.matMul(basis, columns, true));
  const difference = tf.max(tf.abs(tf.sub(projected, columns))).dataSync()[0]!;
  expect(difference).toBeLessThan(1e-4);
});
