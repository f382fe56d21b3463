import { geometries, initialise, T5 } from "@petl/family-t5";
import { adamW } from "@petl/optim";
import type { PetlMethod } from "@petl/spec";
import { type Device, seededRandom, tf, valueAndGradients } from "@petl/tensor";
import { disposeBatch, makeBatch, Trainee, TunedModel, trainStep } from "@petl/trainer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everyMethodOnT5 } from "../every-method.js";
import { difference, everyDevice, reference, type Values, valuesOf } from "./every-device.js";

const config = {
  ...geometries["t5-tiny"]!,
  ...{ vocabularySize: 41, modelWidth: 16, headWidth: 8, heads: 2, feedForwardWidth: 24 },
  ...{ encoderLayers: 2, decoderLayers: 2 },
};
const settings: Readonly<Record<string, unknown>> = {
  ...{ "prompt-tuning": { tokens: 3 }, "prefix-tuning": { tokens: 3 }, miss: { rank: 5 }, oft: { blockSize: 8 } },
};
const examples = [0, 1, 2].map((row) => ({
  source: Array.from({ length: 9 - row }, (_, index) => 2 + ((index * 37 + row) % 39)),
  target: [5 + row, 6, 1],
}));

/** Loss and gradients of a fresh model with dropout, then the losses of two training steps and the weights they leave. */
async function observe(name: string, method: PetlMethod): Promise<Record<"losses" | "gradients" | "weights", Values>> {
  const backbone = new T5("tiny", config, initialise(config, seededRandom(1)));
  const model = TunedModel.attach(backbone, method, method.parse(settings[name] ?? {}), seededRandom(2), {
    dropout: 0.1,
  });
  // a larger epsilon than the default, which would scale up the rounding of gradients that are almost 0
  const trainee = new Trainee(model, adamW({ weightDecay: 0.01, epsilon: 1e-3 }));
  const batch = makeBatch(examples, backbone);
  const first = valueAndGradients(() => model.loss(batch, seededRandom(5)), model.trained);
  const losses: Record<string, Float32Array> = { ...(await valuesOf({ first: first.value })) };
  const gradients = await valuesOf(first.gradients);
  for (const step of [1, 2]) {
    const stepSettings = { step, learningRate: 1e-3, clipNorm: 1 };
    const { loss } = trainStep(trainee, batch, stepSettings, seededRandom(step));
    Object.assign(losses, await valuesOf({ [`step ${step}`]: loss }));
    loss.dispose();
  }
  const weights = await valuesOf(model.trained);
  disposeBatch(batch);
  tf.dispose([first.value, first.gradients as Record<string, tf.Tensor>]);
  trainee.dispose();
  model.dispose();
  backbone.dispose();
  return { losses, gradients, weights };
}

const methods = await everyMethodOnT5();
const devices = await everyDevice();
/** What an emulated GPU trains where nobody asks for all: a minute less. */
const cheap = new Set(["full", "lora", "read"]);
const all = process.env.PETL_SOFTWARE_GPU === "1";
const expected = new Map<string, Awaited<ReturnType<typeof observe>>>();

beforeAll(async () => {
  const device = await reference.open();
  for (const [name, method] of methods) expected.set(name, await observe(name, method));
  await device.close();
});

describe.each(devices)("training on $name", ({ open, emulated, tolerance }) => {
  let device: Device;
  beforeAll(async () => {
    device = await open();
  });
  afterAll(() => device.close());

  test.for([...methods.keys()])("%s: losses, gradients and weights are those of the CPU", async (name, context) => {
    context.skip(emulated && !all && !cheap.has(name), "slow on an emulated GPU; PETL_SOFTWARE_GPU=1 asks for it");
    const { losses, gradients, weights } = await observe(name, methods.get(name)!);
    const wanted = expected.get(name)!;
    expect(Object.keys(gradients)).toEqual(Object.keys(wanted.gradients));
    const largest = (values: Float32Array): number => values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    const top = Math.max(...Object.values(wanted.gradients).map(largest));
    for (const [which, loss] of Object.entries(wanted.losses))
      expect.soft(difference(losses[which], loss), which).toBeLessThanOrEqual(tolerance);
    for (const [tensor, gradient] of Object.entries(wanted.gradients)) {
      // a key's bias under softmax has no gradient but rounding, which AdamW then scales up
      const isZero = largest(gradient) < 1e-6 * top;
      expect
        .soft(difference(gradients[tensor], gradient, 1e-6 * top), `gradient of ${tensor}`)
        .toBeLessThanOrEqual(isZero ? 1 : tolerance);
      // AdamW divides by a gradient's own size, so what half precision rounds of a small one is a large part of its step
      if (!isZero && tolerance <= 1e-4)
        expect.soft(difference(weights[tensor], wanted.weights[tensor]!), tensor).toBeLessThanOrEqual(tolerance);
    }
  });
});
