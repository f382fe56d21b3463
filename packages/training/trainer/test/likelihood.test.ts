import type { BackboneModel } from "@petl/backbone";
import type { PetlMethod } from "@petl/spec";
import { seededRandom, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { likelihoods } from "../src/answer/likelihood.js";
import { computedLogits } from "../src/answer/logits-after.js";
import { defaultOrigin } from "../src/answer/trie-walk.js";
import { disposeBatch, makeBatch, predict, type TokenizedExample, TunedModel } from "../src/index.js";
import { plainBackbone } from "./head-task.js";
import { everything, openDevice, toyBackbone, toyTask, yesOrNo } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

const frozen: PetlMethod<null> = { ...everything, attach: () => ({ params: {}, unfrozen: [], hooks: new Map() }) };

/** Answers of one to four tokens; the first three differ in their last token alone, and the last two have the same beginning. */
const answers = [[2], [3], [4], [2, 8, 1], [2, 8, 9, 1], [2, 8, 9, 4]];
const examples = toyTask().evaluations[0]!.examples.slice(0, 5);

/** Sum over an answer's tokens of the log-softmax of logits of a whole forward pass, computed apart for each example and answer. */
function naive(model: TunedModel, example: TokenizedExample, target: readonly number[]): number {
  const batch = makeBatch([{ ...example, target }], model.backbone);
  const [logits] = model.logits(batch.inputs, false, seededRandom(0)).arraySync() as number[][][];
  disposeBatch(batch);
  return target.reduce((sum, id, position) => {
    const row = logits![position]!;
    const largest = Math.max(...row);
    return sum + row[id]! - largest - Math.log(row.reduce((total, logit) => total + Math.exp(logit - largest), 0));
  }, 0);
}

const backbones: readonly [string, () => BackboneModel][] = [
  ["T5", toyBackbone],
  ["a decoder", plainBackbone],
];

describe.each(backbones)("likelihoods of answers on %s", (_, build) => {
  test.each([frozen, everything])(
    "are a naive sum of log-probabilities ($name, backbone run as in training)",
    async (method) => {
      const backbone = build();
      const model = TunedModel.attach(backbone, method, null, seededRandom(0));
      const after = computedLogits(model, examples);
      const scores = await likelihoods(answers, examples.length, after, defaultOrigin);
      after.dispose();
      for (const [row, example] of examples.entries())
        for (const [index, answer] of answers.entries())
          expect(scores[row]![index]).toBeCloseTo(naive(model, example, answer), 4);
      backbone.dispose();
    },
  );

  test("choose the likeliest answer, and say all of them", async () => {
    const backbone = build();
    const model = TunedModel.attach(backbone, frozen, null, seededRandom(0));
    const labels = answers.map((ids, index) => ({ text: `answer ${index}`, ids }));
    const parse = (text: string): number => Number(text.slice("answer ".length));
    const answering = { ...yesOrNo, scoring: "likelihood", labels, parse } as const;
    const settings = { evalBatchSize: 2, maxTargetLength: 4 };
    const predicted = await predict(model, answering, examples, settings);
    for (const [row, { value, text, scores }] of predicted.answers.entries()) {
      const expected = answers.map((answer) => naive(model, examples[row]!, answer));
      expect(value).toBe(expected.indexOf(Math.max(...expected)));
      expect(text).toBe(`answer ${value}`);
      expect(scores).toHaveLength(answers.length);
    }
    backbone.dispose();
  });
});

test("answers that differ in their last token alone are read together", async () => {
  const asked: { known: readonly number[]; values: number }[] = [];
  const after = {
    forwards: 0,
    dispose() {},
    async read(known: readonly (readonly number[] | null)[], values: number) {
      asked.push({ known: known[0]!, values });
      return new Float32Array(known.length * values).map((_, index) => -1 - index);
    },
  };
  const scores = await likelihoods(answers, 2, after, defaultOrigin);
  expect(asked).toEqual([
    { known: [], values: 3 },
    { known: [2, 8], values: 1 },
    { known: [2, 8, 9], values: 2 },
  ]);
  expect(scores).toEqual([
    [-1, -2, -3, -1, -1, -2],
    [-4, -5, -6, -2, -3, -4],
  ]);
});

test("a log-probability that is not finite has no answer", async () => {
  const backbone = toyBackbone();
  const norm = backbone.param("decoder.norm.weight") as ReturnType<typeof tf.variable>;
  norm.assign(tf.fill(norm.shape, Number.NaN));
  const model = TunedModel.attach(backbone, frozen, null, seededRandom(0));
  const settings = { evalBatchSize: 2, maxTargetLength: 4 };
  const predicting = predict(model, { ...yesOrNo, scoring: "likelihood" }, examples, settings);
  await expect(predicting).rejects.toThrow("expected finite log-probabilities of the answers, got NaN");
  backbone.dispose();
});
