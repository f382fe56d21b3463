import type { ActivationCache } from "@petl/activation-cache";
import { NotFiniteError } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import type { PetlMethod } from "@petl/spec";
import { type Device, linear, liveBytes, seededRandom, type Tensor, tf } from "@petl/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  counts,
  disposeBatch,
  makeBatch,
  predict,
  type TaskData,
  type TrainEvent,
  TunedModel,
  train,
} from "../src/index.js";
import { headedBackbone, headTask } from "./head-task.js";
import { everything, toySettings } from "./toy-task.js";

let device: Device;
beforeAll(async () => {
  device = await cpu.open({ kernels: "wasm" }); // with a host's BLAS rows depend on each other in their last bits
});
afterAll(() => device.close());

/** Adds nothing and unfreezes nothing: what is trained is the task's head. */
const nothing: PetlMethod<null> = {
  ...everything,
  name: "nothing",
  attach: () => ({ params: {}, unfrozen: [], hooks: new Map() }),
};

/** A side network of one matrix over the last state, which reads only what is read out. */
const besideLast: PetlMethod<null> = {
  ...everything,
  name: "beside-last",
  attach: (_backbone, _config, random) => ({
    params: { correction: random.normal([8, 8], 0, 0.1) },
    unfrozen: [],
    hooks: new Map(),
    side: {
      ...{ reads: ["decoder.0", "decoder.1"], at: "positions", enters: "score" },
      forward: (recorded, { params }) =>
        tf.add(recorded.get("decoder.1")!.hidden, linear(recorded.get("decoder.0")!.hidden, params.correction!)),
    },
  }),
};

async function run(task: TaskData, method: PetlMethod<null>, changes: Parameters<typeof toySettings>[0] = {}) {
  const events: TrainEvent[] = [];
  const { answering } = task;
  const backbone = headedBackbone(answering.scoring === "head" ? answering.head.kind : "classes");
  const before = Object.fromEntries(
    Object.entries(backbone.params).map(([name, tensor]) => [name, [...tensor.dataSync()]]),
  );
  const settings = toySettings({ epochs: 1, ...changes });
  const onEvent = (event: TrainEvent) => events.push(event);
  const { model, evaluations } = await train({ backbone, method, config: null, task, settings, onEvent });
  const losses = events.flatMap((event) => (event.type === "step" ? [event.loss!] : []));
  return { model, backbone, events, before, losses, score: evaluations.at(-1)!.score };
}

describe.each(["classes", "score"] as const)("a head for %s", (kind) => {
  test("learns with a method that trains the backbone, and answers with its outputs", async () => {
    const task = headTask(kind, 384);
    const { model, backbone, losses, score } = await run(task, everything, { epochs: 12, learningRate: 1e-2 });
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 3);
    expect(score).toBeGreaterThan(75);
    const settings = { evalBatchSize: 7, maxTargetLength: 1 };
    const { examples } = task.evaluations[0]!;
    const { answers, forwards } = await predict(model, task.answering, examples, settings);
    expect(forwards).toBe(examples.length);
    for (const [index, { value, text, scores }] of answers.entries()) {
      const batch = makeBatch([examples[index]!], backbone);
      const outputs = [...model.logits(batch.inputs, false, seededRandom(0)).dataSync()];
      disposeBatch(batch);
      expect(text).toBeNull();
      for (const [at, output] of outputs.entries()) expect(scores![at]).toBeCloseTo(output, 4);
      expect(value).toBe(kind === "classes" ? scores!.indexOf(Math.max(...scores!)) : scores![0]);
    }
    backbone.dispose();
  });

  test("is trained whatever the method adds, and counted apart; all else stays as it was", async () => {
    const { model, backbone, before, events } = await run(headTask(kind), nothing);
    expect(Object.keys(model.trained)).toEqual(["score.weight"]);
    const size = kind === "classes" ? 24 : 8;
    expect(counts(model)).toMatchObject({ trainableParams: size, headParams: size, backwardLayers: 0, layers: 2 });
    expect(events.find(({ type }) => type === "attached")).toMatchObject({ headParams: size });
    for (const [name, values] of Object.entries(before)) {
      const isSame = [...backbone.param(name).dataSync()].every((value, at) => value === values[at]);
      expect([name, isSame]).toEqual([name, name !== "score.weight"]);
    }
    backbone.dispose();
  });

  test.each([2, 3, 16])("%i micro-batches make the update of the whole batch, to rounding", async (accumulate) => {
    const settings = { clipNorm: null, learningRate: 1e-3 };
    const whole = await run(headTask(kind), everything, settings);
    const split = await run(headTask(kind), everything, { ...settings, accumulate });
    for (const [step, loss] of whole.losses.entries()) expect(split.losses[step]).toBeCloseTo(loss, 4);
    for (const [name, tensor] of Object.entries(whole.model.trained)) {
      const [values, others] = [tensor.dataSync(), split.model.trained[name]!.dataSync()];
      const scale = Math.max(...[...values].map(Math.abs));
      for (const [at, value] of values.entries()) expect(Math.abs(value - others[at]!)).toBeLessThan(5e-3 * scale);
    }
    for (const { backbone } of [whole, split]) backbone.dispose();
  });

  test("takes a side network's state from the activation cache with bitwise the same losses", async () => {
    const task = headTask(kind);
    const [off, auto] = [[], []] as [number[], number[]];
    for (const [mode, losses] of [
      ["off", off],
      ["auto", auto],
    ] as const) {
      const backbone = headedBackbone(kind);
      let cached: ActivationCache["figures"] | null = null;
      const { model } = await train({
        ...{ backbone, method: besideLast, config: null, task, settings: toySettings({ epochs: 3 }) },
        cache: { mode, device },
        onEvent(event) {
          if (event.type === "step") losses.push(event.loss!);
          if (event.type === "cache") cached = event.figures;
        },
      });
      expect(cached === null).toBe(mode === "off");
      model.dispose();
      backbone.dispose();
    }
    expect(off).toHaveLength(18);
    expect(auto).toEqual(off);
  });

  test("leaves no tensor behind", async () => {
    const before = [liveBytes().total, tf.memory().numTensors];
    const { model, backbone } = await run(headTask(kind), besideLast);
    model.dispose();
    backbone.dispose();
    expect([liveBytes().total, tf.memory().numTensors]).toEqual(before);
  });
});

test("the loss is the mean cross-entropy of classes, and the mean squared error of scores", () => {
  for (const kind of ["classes", "score"] as const) {
    const backbone = headedBackbone(kind);
    const model = TunedModel.attach(backbone, nothing, null, seededRandom(0));
    const examples = headTask(kind).train.slice(0, 5);
    const batch = makeBatch(examples, backbone);
    expect(batch.labels.dtype).toBe(kind === "classes" ? "int32" : "float32");
    const outputs = model.logits(batch.inputs, false, seededRandom(0)).arraySync() as number[][][];
    const terms = outputs.map(([row], index) => {
      const value = examples[index]!.value!;
      if (kind === "score") return (row![0]! - value) ** 2;
      return Math.log(row!.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row![value]!;
    });
    const mean = terms.reduce((sum, term) => sum + term) / terms.length;
    expect(model.loss(batch, seededRandom(0)).dataSync()[0]).toBeCloseTo(mean, 4);
    disposeBatch(batch);
    backbone.dispose();
  }
});

test("a task whose examples all have one class trains and predicts it", async () => {
  const task = headTask("classes");
  const one = (examples: TaskData["train"]) => examples.map((example) => ({ ...example, value: 2 }));
  const constant = { ...task, train: one(task.train) };
  const { model, backbone, losses } = await run(constant, nothing, { epochs: 20, learningRate: 3e-2 });
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  const settings = { evalBatchSize: 8, maxTargetLength: 1 };
  const { answers } = await predict(model, task.answering, constant.train, settings);
  const wrong = answers.filter(({ value }) => value !== 2).length;
  expect(wrong / answers.length).toBeLessThan(0.1);
  backbone.dispose();
});

test("outputs that are not finite have no answer", async () => {
  const backbone = headedBackbone("score");
  const model = TunedModel.attach(backbone, nothing, null, seededRandom(0));
  const weight = backbone.param("score.weight") as ReturnType<typeof tf.variable>;
  weight.assign(tf.fill(weight.shape, Number.NaN));
  const task = headTask("score");
  const predicting = predict(model, task.answering, task.train, { evalBatchSize: 8, maxTargetLength: 1 });
  await expect(predicting).rejects.toThrow(NotFiniteError);
  await expect(predicting).rejects.toThrow("expected finite outputs of the head, got NaN");
  backbone.dispose();
});

describe("a method's optimizer settings", () => {
  const scaled: PetlMethod<null> = {
    ...everything,
    attach: () => ({
      params: { extra: tf.ones([8]) },
      unfrozen: ["decoder.1.mix.weight"],
      hooks: new Map([
        ["decoder.0", ({ hidden, mask }, _, { params }) => ({ hidden: tf.mul(hidden, params.extra!), mask })],
      ]),
      optimizer: () => ({ learningRateScale: 0, weightDecay: 0 }),
    }),
  };

  test("hold for what it adds and unfreezes, never for the head", () => {
    const backbone = headedBackbone("classes");
    const model = TunedModel.attach(backbone, scaled, null, seededRandom(0));
    const own = { learningRateScale: 0, weightDecay: 0 };
    expect(model.optimizerSettings("extra")).toEqual(own);
    expect(model.optimizerSettings("decoder.1.mix.weight")).toEqual(own);
    expect(model.optimizerSettings("score.weight")).toEqual({});
    backbone.dispose();
  });

  test("with a learning rate of 0 leave all but the head as it was", async () => {
    const { model, backbone, before } = await run(headTask("classes"), scaled);
    const isMoved = (name: string, values: readonly number[]): boolean =>
      [...(model.trained[name] as Tensor).dataSync()].some((value, at) => value !== values[at]);
    expect(isMoved("extra", new Array(8).fill(1))).toBe(false);
    expect(isMoved("decoder.1.mix.weight", before["decoder.1.mix.weight"]!)).toBe(false);
    expect(isMoved("score.weight", before["score.weight"]!)).toBe(true);
    backbone.dispose();
  });
});
