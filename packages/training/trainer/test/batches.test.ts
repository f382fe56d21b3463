import { seededRandom } from "@petl/tensor";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { followUnbranched, labelTrie } from "../src/answer/label-trie.js";
import { evaluationBatches } from "../src/batches.js";
import { disposeBatch, epochBatches, makeBatch, type TokenizedExample } from "../src/index.js";
import { openDevice, toyBackbone } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

const examplesOf = (lengths: readonly number[]): TokenizedExample[] =>
  lengths.map((length) => ({ source: Array(length).fill(2), target: [3, 1] }));
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 });
const padding = (batches: number[][], examples: readonly TokenizedExample[]): number =>
  batches.reduce(
    (sum, batch) => sum + batch.length * Math.max(...batch.map((index) => examples[index]!.source.length)),
    0,
  );

describe("an epoch's batches", () => {
  test("hold every example once, bucketed or not, and are the same for the same stream", () =>
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 16 }), fc.boolean(), (sizes, batchSize, bucketing) => {
        const examples = examplesOf(sizes);
        const batches = epochBatches(examples, batchSize, bucketing, seededRandom(3));
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...examples.keys()]);
        expect(epochBatches(examples, batchSize, bucketing, seededRandom(3))).toEqual(batches);
        expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(batchSize);
      }),
    ));

  test("need less padding when bucketed", () => {
    const examples = examplesOf(Array.from({ length: 512 }, (_, index) => 1 + ((index * 37) % 60)));
    const padded = (bucketing: boolean): number =>
      padding(epochBatches(examples, 16, bucketing, seededRandom(1)), examples);
    expect(padded(true)).toBeLessThan(0.7 * padded(false));
  });

  test("of evaluation are sorted by length and hold every example once", () => {
    const examples = examplesOf([5, 1, 4, 1, 3]);
    expect(evaluationBatches(examples, 2)).toEqual([[1, 3], [4, 2], [0]]);
  });
});

test("a batch pads to its longest source and target and shifts the target", async () => {
  const backbone = toyBackbone(1, { decoderStartId: 5 });
  const batch = makeBatch(
    [
      { source: [7, 8, 1], target: [9, 1] },
      { source: [7, 1], target: [9, 9, 1] },
    ],
    backbone,
  );
  const { sources, mask, decoderInputs } = batch.inputs.tensors;
  expect(await sources!.array()).toEqual([
    [7, 8, 1],
    [7, 1, 0],
  ]);
  expect(await mask!.array()).toEqual([
    [1, 1, 1],
    [1, 1, 0],
  ]);
  expect(await decoderInputs!.array()).toEqual([
    [5, 9, 0],
    [5, 9, 9],
  ]);
  expect(await batch.labels.array()).toEqual([9, 1, -100, 9, 9, 1]);
  expect([batch.tokens, batch.inputs.paddedTokens]).toEqual([10, 12]);
  expect(batch.inputs.shape).toEqual([2, 3, 3]);
  disposeBatch(batch);
  backbone.dispose();
});

describe("the tree of answers", () => {
  test("branches where answers differ and follows what is certain", () => {
    const trie = labelTrie([
      { text: "a", ids: [4, 5, 1] },
      { text: "b", ids: [4, 6, 7, 1] },
    ]);
    const { ids, end } = followUnbranched(trie);
    expect(ids).toEqual([4]);
    expect([...end.children.keys()]).toEqual([5, 6]);
    expect(followUnbranched(end.children.get(6)!).end.label).toBe(1);
  });

  test("refuses answers with the same tokens", () => {
    const same = [
      { text: "a", ids: [4, 1] },
      { text: "b", ids: [4, 1] },
    ];
    expect(() => labelTrie(same)).toThrow(/got the same for "a" and "b"; raise maxTargetLength/);
  });
});
