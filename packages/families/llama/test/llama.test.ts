import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Pass } from "@petl/backbone";
import { readConfig, readSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { ignoredLabel, liveBytes, meanCrossEntropy, seededRandom, tf, valueAndGradients } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import family, { huggingFaceName } from "../src/index.js";
import { expectClose, readReference, trainingRows } from "./reference.js";

beforeAll(async () => {
  await cpu.open();
});

const olderFields = (directory: string): unknown =>
  JSON.parse(readFileSync(join(directory, "config-before-5.json"), "utf8"));

const none = { hooks: new Map(), unfrozen: [], reads: [] };
const context = { params: {}, training: false, random: seededRandom(0) };
const writers = ["llama", "llama-grouped", "llama-rope-llama3", "llama-rope-linear", "qwen2", "qwen3", "mistral"];

describe.each([...writers, "llama-classification"])("%s agrees with Hugging Face transformers in", (name) => {
  test("every state of every real token", async () => {
    const { model, rows, tokens, expected } = readReference(name);
    const blocks = model.sites.filter(({ kind }) => kind === "block").map((site) => site.name);
    const pass = new Pass(model, { ...none, reads: ["decoder.embedding", ...blocks] }, context, 0);
    const inputs = model.pad(rows.map(({ prompt, answer }) => ({ source: prompt, answer })));
    tf.dispose(model.forward(inputs, pass).hidden);
    const width = model.config.modelWidth;
    const cells = rows.flatMap(({ prompt, answer }, row) =>
      Array.from({ length: (prompt.length + answer.length) * width }, (_, cell) => row * tokens * width + cell),
    );
    for (const [index, site] of ["decoder.embedding", ...blocks].entries()) {
      const theirs = index === 0 ? "embedding" : `block.${index - 1}`;
      await expectClose(pass.recorded.get(site)!.hidden, expected.read(theirs), site, { cells });
    }
    pass.dispose();
    tf.dispose(Object.values(inputs.tensors));
    model.dispose();
  });

  test("its configuration, read from a file of transformers 5 and from an older one", () => {
    const { model, directory } = readReference(name);
    model.dispose();
    const config = readConfig(directory, family.config);
    expect(family.config.parse(olderFields(directory))).toEqual(config);
    expect(family.config.parse(family.configFields(config))).toEqual(config);
  });
});

describe.each(writers)("%s agrees with Hugging Face transformers in", (name) => {
  test("the logits that are read out, the loss and the gradient of every tensor", async () => {
    const { model, rows, tokens, expected, about } = readReference(name);
    const inputs = model.pad(trainingRows(rows));
    const [count, , positions] = inputs.shape;
    const labels = new Int32Array(count * positions).fill(ignoredLabel);
    for (const [row, { answer }] of rows.entries()) labels.set(answer, row * positions);
    const before = liveBytes();
    const pass = new Pass(model, { ...none, unfrozen: Object.keys(model.params) }, context, 0);
    const run = () => model.readout(model.forward(inputs, pass), pass);
    const logits = tf.tidy(run);
    const vocabulary = model.config.vocabularySize;
    const all = expected.read("logits");
    const theirs = rows.flatMap(({ prompt, answer }, row) =>
      answer.flatMap((_, position) => {
        const start = (row * tokens + prompt.length - 1 + position) * vocabulary;
        return [...all.subarray(start, start + vocabulary)];
      }),
    );
    const ours = await logits.data();
    const read = rows.flatMap(({ answer }, row) =>
      answer.flatMap((_, position) => {
        const start = (row * positions + position) * vocabulary;
        return [...ours.subarray(start, start + vocabulary)];
      }),
    );
    logits.dispose();
    const compared = tf.tensor1d(read);
    await expectClose(compared, theirs, "logits");
    compared.dispose();

    const { value, gradients } = valueAndGradients(
      () => meanCrossEntropy(tf.reshape(run(), [-1, vocabulary]), tf.tensor1d(labels, "int32")),
      model.params,
    );
    expect((await value.data())[0]).toBeCloseTo(about.loss, 5);
    for (const param of Object.keys(model.params))
      await expectClose(gradients[param]!, expected.read(`grad.${huggingFaceName(param)}`), `gradient of ${param}`);
    tf.dispose([value, ...Object.values(gradients)]);
    expect(liveBytes()).toEqual(before);
  });
});

test("a head's logits, loss and every gradient agree with LlamaForSequenceClassification", async () => {
  const { model, directory, rows, classes, expected, about } = readReference("llama-classification");
  const headed = model.withHead({ kind: "classes", outputs: 3 }, seededRandom(1));
  const stored = readSafetensors(join(directory, "model.safetensors"));
  const score = headed.param("score.weight") as ReturnType<typeof tf.variable>;
  score.assign(tf.tensor2d(stored.read("score.weight"), [3, model.config.modelWidth]));
  const inputs = headed.pad(rows.map(({ prompt }) => ({ source: prompt, answer: [] })));
  const pass = new Pass(headed, { ...none, unfrozen: Object.keys(headed.params) }, context, 0);
  const run = () => tf.reshape(headed.readout(headed.forward(inputs, pass), pass), [-1, 3]);
  const logits = tf.tidy(run);
  await expectClose(logits, expected.read("logits"), "logits");
  const { value, gradients } = valueAndGradients(
    () => meanCrossEntropy(run(), tf.tensor1d(classes, "int32")),
    headed.params,
  );
  expect((await value.data())[0]).toBeCloseTo(about.loss, 5);
  for (const param of Object.keys(headed.params))
    await expectClose(gradients[param]!, expected.read(`grad.${huggingFaceName(param)}`), `gradient of ${param}`);
});
