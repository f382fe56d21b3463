import { BackboneError } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import { liveBytes, seededRandom, type Tensor, tf } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import family, { type Bert, huggingFaceFields } from "../src/index.js";
import { passOf } from "./reference.js";
import { classes, row, rows, smallModel } from "./small-model.js";

beforeAll(async () => {
  await cpu.open();
});

const bareModel = (change = {}): Bert => {
  const config = { ...family.testConfig, ...change };
  return family.build("bert-test", config, family.initialise(config, seededRandom(7), "frozen")) as Bert;
};
const deviation = (values: Tensor): number => tf.sqrt(tf.mean(tf.square(values))).dataSync()[0]!;

test("a pre-trained pooler stays the backbone's; the classifier is the task's", () => {
  const bare = bareModel();
  const model = bare.withHead(classes, seededRandom(1));
  expect(model.head).toEqual(["classifier.weight", "classifier.bias"]);
  expect(model.readoutSites).toEqual(["pooler", "classifier"]);
  expect(model.param("pooler.weight")).toBe(bare.param("pooler.weight"));
  expect(model.param("classifier.weight").shape).toEqual([3, 32]);
  expect([...model.param("classifier.bias").dataSync()]).toEqual([0, 0, 0]);
  expect(deviation(model.param("classifier.weight"))).toBeCloseTo(family.testConfig.initializerRange, 1);
  model.dispose();
});

test.each([
  ["roberta", { "pooler.weight": "classifier.dense.weight", "classifier.bias": "classifier.out_proj.bias" }],
  ["distilbert", { "pooler.weight": "pre_classifier.weight", "classifier.bias": "classifier.bias" }],
] as const)("the head of %s is drawn whole, and named as transformers names it", (architecture, names) => {
  const model = bareModel({ architecture, tokenTypes: architecture === "roberta" ? 1 : 0 }).withHead(
    classes,
    seededRandom(1),
  );
  expect(model.head).toEqual(["pooler.weight", "pooler.bias", "classifier.weight", "classifier.bias"]);
  expect(Object.fromEntries(model.publishedNames)).toMatchObject(names);
  model.dispose();
});

test("a BERT without a pooler gets a drawn one", () => {
  const {
    "pooler.weight": weight,
    "pooler.bias": bias,
    ...params
  } = family.initialise(family.testConfig, seededRandom(7), "trained");
  const model = family.build("bert-test", family.testConfig, params).withHead(classes, seededRandom(1));
  expect(model.head).toEqual(["pooler.weight", "pooler.bias", "classifier.weight", "classifier.bias"]);
  tf.dispose([weight!, bias!]);
  model.dispose();
});

test("the same seed draws the same head, another another, and a second head replaces the first", () => {
  const bare = bareModel();
  const weight = (model: Pick<Bert, "param">) => model.param("classifier.weight").dataSync();
  const first = bare.withHead(classes, seededRandom(1));
  expect(weight(bare.withHead(classes, seededRandom(1)))).toEqual(weight(first));
  expect(weight(bare.withHead(classes, seededRandom(2)))).not.toEqual(weight(first));
  const score = first.withHead({ kind: "score", outputs: 1 }, seededRandom(1));
  expect(score.param("classifier.weight").shape).toEqual([1, 32]);
  expect(score.param("encoder.0.attention.key.bias")).toBe(bare.param("encoder.0.attention.key.bias"));
  bare.dispose();
});

test("a head begins with the answers it is given", () => {
  const bare = bareModel();
  const model = bare.withHead(classes, seededRandom(1), [-1, 0.5, 2]);
  expect([...model.param("classifier.bias").dataSync()]).toEqual([-1, 0.5, 2]);
  const weights = (of: Pick<Bert, "param">) => of.param("classifier.weight").dataSync();
  expect(weights(model)).toEqual(weights(bare.withHead(classes, seededRandom(1))));
  bare.dispose();
});

test("disposing a model with a head frees the head and the backbone", () => {
  const before = liveBytes();
  smallModel().dispose();
  expect(liveBytes()).toEqual(before);
});

test("a bare encoder has no answer, and says so", () => {
  const bare = bareModel();
  const inputs = bare.pad(rows);
  const state = bare.forward(inputs, passOf(bare));
  expect(() => bare.readout(state, passOf(bare))).toThrow(BackboneError);
  expect(() => bare.readout(state, passOf(bare))).toThrow("expected a task's head to answer with, got a bare encoder");
  bare.dispose();
});

test("a side network's state may enter the classifier", () => {
  const model = smallModel();
  const state = { hidden: seededRandom(4).normal([2, 1, 32]), mask: tf.ones([2, 1]) };
  const [whole, short] = [undefined, "classifier"].map((enters) => model.readout(state, passOf(model), enters));
  const pooled = tf.tanh(
    tf.add(
      tf.matMul(tf.reshape(state.hidden, [2, 32]), model.param("pooler.weight") as tf.Tensor2D, false, true),
      model.param("pooler.bias"),
    ),
  );
  const classified = (hidden: Tensor) =>
    tf.add(
      tf.matMul(tf.reshape(hidden, [2, 32]), model.param("classifier.weight") as tf.Tensor2D, false, true),
      model.param("classifier.bias"),
    );
  for (const [got, wanted] of [
    [whole, classified(pooled)],
    [short, classified(state.hidden)],
  ] as const) {
    expect(got!.shape).toEqual([2, 1, 3]);
    const difference = tf.max(tf.abs(tf.sub(tf.reshape(got!, [2, 3]), wanted))).dataSync()[0]!;
    expect(difference).toBeLessThan(1e-6);
  }
  model.dispose();
});

test("sources that were read once give their state as often as it is asked for", () => {
  const model = smallModel();
  const before = liveBytes();
  const inputs = model.pad(rows);
  const direct = model.forward(inputs, passOf(model));
  const prefilled = model.prefill(inputs, passOf(model));
  for (const _ of [1, 2]) {
    const state = prefilled.after([[], [], [], []], passOf(model));
    expect(state.hidden.dataSync()).toEqual(direct.hidden.dataSync());
    tf.dispose([state.hidden, state.mask]);
  }
  prefilled.dispose();
  tf.dispose([direct.hidden, direct.mask, Object.values(inputs.tensors)]);
  expect(liveBytes()).toEqual(before);
  model.dispose();
});

test("what an encoder cannot read is refused in one line", () => {
  const model = smallModel({ architecture: "roberta", tokenTypes: 1, positions: 22, padId: 1 });
  expect(() => model.pad([{ source: [2, 3], answer: [4] }])).toThrow(
    "expected rows without an answer, got one of 1 tokens",
  );
  expect(() => model.forward(model.pad([row(20)]), passOf(model))).not.toThrow();
  expect(() => model.forward(model.pad([row(21)]), passOf(model))).toThrow(
    "backbone bert-test: expected at most 20 tokens (its table of positions), got 21; cut the texts to fewer tokens",
  );
  model.dispose();
});

test("config.json of a model with a head says what transformers' model for sequence classification needs", () => {
  expect(huggingFaceFields(family.testConfig, classes)).toMatchObject({
    architectures: ["BertForSequenceClassification"],
    problem_type: "single_label_classification",
    id2label: { "0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2" },
    label2id: { LABEL_0: 0, LABEL_1: 1, LABEL_2: 2 },
  });
  expect(
    huggingFaceFields({ ...family.testConfig, architecture: "roberta" }, { kind: "score", outputs: 1 }),
  ).toMatchObject({
    architectures: ["RobertaForSequenceClassification"],
    problem_type: "regression",
    id2label: { "0": "LABEL_0" },
  });
});
