import { peakBytes, resetPeakBytes, seededRandom } from "@petl/tensor";
import { beforeAll, expect, test } from "vitest";
import { microBatches } from "../src/batches.js";
import { rehearseUpdate, type TaskData, type TrainEvent, Trainee, TunedModel, train } from "../src/index.js";
import { everything, openDevice, toyBackbone, toySettings, toyTask } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

/** The toy task with answers of one to four tokens, so that micro-batches differ in target tokens. */
function unevenTask(): TaskData {
  const task = toyTask(96);
  const train = task.train.map(({ source, target: [first, answer] }, index) => ({
    source,
    target: [...new Array<number>(index % 4).fill(7), first!, answer!, 1].slice(-4),
  }));
  return { ...task, train };
}

async function run(task: TaskData, changes: Parameters<typeof toySettings>[0]) {
  const events: TrainEvent[] = [];
  const backbone = toyBackbone();
  const settings = toySettings(changes);
  const onEvent = (event: TrainEvent) => events.push(event);
  const { model } = await train({ backbone, method: everything, config: null, task, settings, onEvent });
  const weights = Object.values(model.trained).map((tensor) => tensor.dataSync().slice());
  model.dispose();
  backbone.dispose();
  const steps = events.flatMap((event) => (event.type === "step" ? [event] : []));
  const peaks = events.flatMap((event) => (event.type === "memory" && event.window === "training" ? [event.peak] : []));
  return { steps, losses: steps.map(({ loss }) => loss!), weights, peaks };
}

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

test.each([2, 3, 16, 100])("%i micro-batches make the update of the whole batch, to rounding", async (accumulate) => {
  const settings = { epochs: 1, clipNorm: null, learningRate: 1e-3 };
  const whole = await run(unevenTask(), settings);
  const split = await run(unevenTask(), { ...settings, accumulate });
  expect(split.losses).toHaveLength(whole.losses.length);
  for (const [step, loss] of whole.losses.entries()) expect(split.losses[step]).toBeCloseTo(loss, 4);
  for (const [index, values] of whole.weights.entries()) {
    const differences = [...values].map((value, at) => value - split.weights[index]![at]!);
    expect(largest(differences)).toBeLessThan(5e-3 * largest([...values]));
  }
});

test("the first update's loss is the whole batch's to the last bits, and its gradients are weighted by tokens", async () => {
  const one = { steps: 1, batchSize: 96, schedule: "constant", warmupSteps: 0 } as const;
  const [whole, split] = [await run(unevenTask(), one), await run(unevenTask(), { ...one, accumulate: 5 })];
  expect(Math.abs(split.losses[0]! / whole.losses[0]! - 1)).toBeLessThan(1e-6);
});

test("the same run twice is bitwise the same, dropout included", async () => {
  const settings = { epochs: 2, accumulate: 3, dropout: 0.1 };
  const [first, again] = [await run(unevenTask(), settings), await run(unevenTask(), settings)];
  expect(again.losses).toEqual(first.losses);
  expect(again.weights).toEqual(first.weights);
});

test("an update sees as many examples as before, less padding and less memory", async () => {
  const [whole, split] = [await run(toyTask(), {}), await run(toyTask(), { accumulate: 4 })];
  expect(split.steps.map(({ tokens }) => tokens)).toEqual(whole.steps.map(({ tokens }) => tokens));
  for (const [index, { paddedTokens, shape }] of split.steps.entries()) {
    expect(paddedTokens).toBeLessThanOrEqual(whole.steps[index]!.paddedTokens);
    expect(shape).toEqual(whole.steps[index]!.shape);
  }
  expect(split.peaks[0]!.activations).toBeLessThan(whole.peaks[0]!.activations / 2);
});

test.each([
  [1, 1, "off"],
  [2, 1, "off"],
  [3, 1, "off"],
  [2, 2, "off"],
  [2, 1, 1024],
] as const)(
  "the rehearsal of %i micro-batches, losses logged every %i updates, loss scale %s, has the peak of the run",
  async (accumulate, logEvery, lossScale) => {
    const example = { source: new Array<number>(12).fill(9), target: [2, 3, 1] };
    const task = { ...toyTask(), train: new Array(20).fill(example) };
    const settings = toySettings({
      epochs: 1,
      batchSize: 10,
      maxLength: 12,
      maxTargetLength: 3,
      accumulate,
      logEvery,
      lossScale,
    });
    const measured = (await run(task, settings)).peaks[0]!;
    const model = TunedModel.attach(toyBackbone(), everything, null, seededRandom(0), settings);
    const trainee = new Trainee(model);
    resetPeakBytes();
    rehearseUpdate(trainee, settings);
    const rehearsed = peakBytes();
    trainee.dispose();
    model.backbone.dispose();
    expect(rehearsed).toEqual(measured);
  },
);

test("a batch is split into equal parts in order, the last one smaller", () => {
  expect(microBatches([1, 2, 3, 4, 5], 2)).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  expect(microBatches([1, 2], 4)).toEqual([[1], [2]]);
  expect(microBatches([], 2)).toEqual([]);
});
