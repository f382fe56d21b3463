import type { PetlMethod } from "@petl/spec";
import { linear, peakBytes, resetPeakBytes, seededRandom, type Tensor, tf } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import { disposeBatch, makeBatch, type TrainEvent, Trainee, TunedModel, train, trainStep } from "../src/index.js";
import { everything, openDevice, toyBackbone, toySettings, toyTask } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

/** Adds a trained scale to a linear layer inside a block, and reads what comes after it in the same block, off the path. */
const hookedAndRead: PetlMethod<null> = {
  ...everything,
  name: "hooked-and-read",
  attach: (_, __, random) => ({
    params: { scale: tf.ones([32]), mix: random.normal([32, 32], 0, 0.1) },
    unfrozen: [],
    hooks: new Map([
      [
        "decoder.1.attention.query",
        ({ hidden, mask }, _input, { params }) => ({ hidden: tf.mul(hidden, params.scale!), mask }),
      ],
    ]),
    side: {
      reads: ["encoder.0", "decoder.1.attention", "decoder.1"],
      enters: "decoder.norm",
      forward: (recorded, { params }) => {
        const [inside, after] = ["decoder.1.attention", "decoder.1"].map((name) => recorded.get(name)!.hidden);
        return tf.add(after!, linear(inside!, params.mix!));
      },
    },
  }),
};

async function events(method: PetlMethod<null>, recompute: boolean) {
  const all: TrainEvent[] = [];
  const backbone = toyBackbone();
  const settings = toySettings({ epochs: 1, dropout: 0.1, recompute });
  const onEvent = (event: TrainEvent) => all.push(event);
  const { model } = await train({ backbone, method, config: null, task: toyTask(), settings, onEvent });
  const trained = await Promise.all(Object.values(model.trained).map(async (tensor) => (await tensor.data()).slice()));
  model.dispose();
  backbone.dispose();
  return { losses: all.flatMap((event) => (event.type === "step" ? [event.loss] : [])), trained };
}

test.each([everything, hookedAndRead])(
  "a run that recomputes activations is bitwise the run that keeps them: $name",
  async (method) => {
    const [plain, recomputed] = [await events(method, false), await events(method, true)];
    expect(plain.losses.length).toBeGreaterThan(10);
    expect(recomputed).toEqual(plain);
  },
);

/** Peak activations of a step on a batch large enough that they outweigh the weights. */
function step(recompute: boolean) {
  const backbone = toyBackbone();
  const model = TunedModel.attach(backbone, everything, null, seededRandom(0), { recompute });
  const source = Array.from({ length: 60 }, (_, index) => 2 + (index % 37));
  const batch = makeBatch(
    Array.from({ length: 32 }, () => ({ source, target: [2, 1] })),
    backbone,
  );
  resetPeakBytes();
  const settings = { step: 1, learningRate: 0, clipNorm: null };
  const trainee = new Trainee(model, { name: "none", init: () => ({}), update: () => {} });
  const { loss, recorded } = trainStep(trainee, batch, settings, seededRandom(0));
  const { activations } = peakBytes();
  disposeBatch(batch);
  tf.dispose([loss as Tensor]);
  backbone.dispose();
  return { activations, recorded };
}

test("recomputing keeps a block's input in place of its insides", () => {
  const [plain, recomputed] = [step(false), step(true)];
  const blocks = ["encoder.0", "encoder.1", "decoder.0", "decoder.1"].map((name) => `recompute ${name}`);
  expect(recomputed.recorded.filter((name) => name.startsWith("recompute"))).toEqual(blocks);
  expect(plain.recorded.filter((name) => name.startsWith("recompute"))).toEqual([]);
  expect(recomputed.activations).toBeLessThan(0.7 * plain.activations);
});
