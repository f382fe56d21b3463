import { ActivationCache } from "@petl/activation-cache";
import cpu from "@petl/device-cpu";
import { type Device, seededRandom } from "@petl/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { disposeBatch, makeBatch, Trainee, TunedModel, trainingRow, trainStep } from "../src/index.js";
import { sideMethod } from "./side-method.js";
import { toyBackbone, toyTask } from "./toy-task.js";

let device: Device;
beforeAll(async () => {
  device = await cpu.open({ kernels: "wasm" });
});
afterAll(() => device.close());

const examples = toyTask(40).train;
const rows = examples.map((example) => trainingRow(example));
const inMemory = (model: TunedModel, memoryBytes: number): Promise<ActivationCache> =>
  ActivationCache.open(model, {
    budget: { memoryBytes, diskBytes: 0 },
    directory: null,
    isShared: true,
    device,
    warn: () => {},
  });

/** Losses of steps over these batches of examples; every pass of eight batches counts as an epoch. */
async function losses(
  order: readonly (readonly number[])[],
  cacheOf: (model: TunedModel) => Promise<ActivationCache | null>,
) {
  const model = TunedModel.attach(toyBackbone(), sideMethod, null, seededRandom(3));
  const cache = await cacheOf(model);
  const trainee = new Trainee(model);
  const values: number[] = [];
  for (const [step, indices] of order.entries()) {
    if (step % 8 === 0) cache?.nextEpoch();
    const batch = makeBatch(
      indices.map((index) => examples[index]!),
      model.backbone,
    );
    const cached = await cache?.batch(indices.map((index) => rows[index]!));
    const settings = { step: step + 1, learningRate: 3e-3, clipNorm: 1 };
    const { loss } = trainStep(trainee, batch, settings, seededRandom(step), cached?.recordings);
    values.push((await loss.data())[0]!);
    disposeBatch(batch);
    loss.dispose();
  }
  trainee.dispose();
  const figures = cache?.figures;
  await cache?.close();
  return { values, figures };
}

test("what was not used for an epoch makes room, and training goes on with bitwise the same losses", async () => {
  const draw = (from: number, to: number, seed: number): number[][] =>
    Array.from({ length: 8 }, (_, batch) =>
      [
        ...seededRandom(seed)
          .fork(batch)
          .permutation(to - from),
      ]
        .slice(0, 5 + (batch % 3))
        .map((index) => from + index),
    );
  const [first, second] = [draw(0, 20, 1), draw(20, 40, 2)];
  const order = [...first, ...first, ...second, ...second, ...second, ...first, ...draw(0, 40, 3)];
  const plain = await losses(order, async () => null);
  const whole = await losses(order, (model) => inMemory(model, 1e9));
  const memoryBytes = Math.floor(0.6 * whole.figures!.memoryBytes);
  const tight = await losses(order, (model) => inMemory(model, memoryBytes));
  expect(tight.figures!.evicted).toBeGreaterThan(10);
  expect(tight.figures!.memoryBytes).toBeLessThanOrEqual(memoryBytes);
  expect(whole.values).toEqual(plain.values);
  expect(tight.values).toEqual(plain.values);
});
