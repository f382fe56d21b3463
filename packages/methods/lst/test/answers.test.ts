import { ActivationCache } from "@petl/activation-cache";
import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import { attachForTest, largest, openTestDevice } from "@petl/method-testkit";
import { seededRandom, type Tensor, tf, type Variable } from "@petl/tensor";
import { type Answering, predict, type TokenizedExample, type TunedModel } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";
import lst from "../src/index.js";

beforeAll(async () => {
  await openTestDevice();
});

const classes = { kind: "classes", outputs: 3 } as const;
const settings = { evalBatchSize: 2, maxTargetLength: 4 };
const sources = [
  [5, 17, 3, 40, 22, 9],
  [8, 2],
  [33, 12, 50, 4],
  [7, 7, 19],
];
const examples: TokenizedExample[] = sources.map((source) => ({ source, target: [], value: undefined }));
const labels = [
  [12, 30, 7, 1],
  [9, 1],
  [12, 41, 1],
].map((ids, index) => ({ text: `${index}`, ids }));
const likelihood: Answering = { scoring: "likelihood", labels, parse: Number, decode: String };
const byHead: Answering = { scoring: "head", head: classes };

/** A side network whose gates let its own blocks speak. */
function tuned(stage: Parameters<typeof attachForTest>[0]): TunedModel {
  const model = attachForTest(stage, lst, lst.parse({ reduction: 4, skipEvery: 0 }));
  for (const [name, value] of Object.entries(model.params))
    if (name.endsWith(".gate")) (value as Variable).assign(tf.fill(value.shape, -0.05));
  return model;
}

describe.each([
  ["a decoder, by likelihood", { family: llama, head: null }, likelihood],
  ["a decoder, by its head", { family: llama, head: classes }, byHead],
  ["an encoder, by its head", { family: bert, head: classes }, byHead],
] as const)("%s", (_, stage, answering) => {
  test("answers the same from the activation cache, bit for bit, and the same as one by one", async () => {
    const model = tuned(stage);
    const cache = await ActivationCache.open(model, {
      budget: { memoryBytes: Number.POSITIVE_INFINITY, diskBytes: 0 },
      ...{ directory: null, isShared: false, device: { name: "test", details: {} } },
      warn: (message) => expect.fail(message),
    });
    const computed = await predict(model, answering, examples, settings);
    await predict(model, answering, examples, settings, { cache });
    const cached = await predict(model, answering, examples, settings, { cache });
    expect(cached.forwards).toBe(0);
    expect(cached.answers).toEqual(computed.answers);
    for (const [row, example] of examples.entries()) {
      const [alone] = (await predict(model, answering, [example], settings)).answers;
      for (const [index, score] of alone!.scores!.entries())
        expect(computed.answers[row]!.scores![index]).toBeCloseTo(score, 4);
    }
    expect(new Set(computed.answers.map(({ scores }) => scores![0])).size).toBe(examples.length);
    model.dispose();
    model.backbone.dispose();
  });
});

test("a decoder reads the same positions out after prefilled sources as of whole rows", async () => {
  const model = tuned({ family: llama, head: null });
  const unused = seededRandom(0);
  const pass = model.pass(false, unused);
  const inputs = model.backbone.pad(sources.map((source) => ({ source, answer: [] })));
  const prefilled = model.backbone.prefill(inputs, pass);
  for (const answers of [
    [[], [], [], []],
    [[4], [5], [6], [7]],
    [[1, 2, 3], [4, 5], [], [9]],
  ]) {
    const rows = model.backbone.pad(sources.map((source, row) => ({ source, answer: answers[row]! })));
    const whole = model.logits(rows, false, unused);
    const after = tf.tidy((): Tensor => model.readout(prefilled.after(answers, pass), pass));
    expect(after.shape).toEqual(whole.shape);
    const [found, expected] = [after.dataSync(), whole.dataSync()] as [Float32Array, Float32Array];
    expect(largest(found.map((value, at) => value - expected[at]!)) / largest(expected)).toBeLessThan(1e-5);
  }
  prefilled.dispose();
  pass.dispose();
  model.backbone.dispose();
});
