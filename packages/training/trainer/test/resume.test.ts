import { liveBytes, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import {
  bestTensors,
  type EvaluationResult,
  type ResumePoint,
  type TaskData,
  type TrainEvent,
  train,
} from "../src/index.js";
import { everything, openDevice, toyBackbone, toySettings, toyTask } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

type Changes = Parameters<typeof toySettings>[0];

/** Trains, keeping a copy of each run state as a file would. */
async function run(changes: Changes, resume?: ResumePoint, task: TaskData = toyTask()) {
  const events: TrainEvent[] = [];
  const runStates: ResumePoint[] = [];
  const backbone = toyBackbone();
  const { model, evaluations } = await train({
    backbone,
    method: everything,
    config: null,
    task,
    settings: toySettings(changes),
    onEvent: (event) => events.push(event),
    ...(resume !== undefined && { resume }),
    async onRunState({ step, best, tensors, bestWeights }) {
      const values = new Map<string, Float32Array>();
      for (const [name, { values: best }] of Object.entries(bestTensors(bestWeights ?? {}))) values.set(name, best);
      for (const [name, tensor] of Object.entries(tensors)) values.set(name, Float32Array.from(await tensor.data()));
      runStates.push({ step, best, evaluations: scored(events), read: (name) => values.get(name)! });
    },
  });
  const weights: Record<string, unknown> = {};
  for (const [name, tensor] of Object.entries(model.trained)) weights[name] = [...(await tensor.data())];
  model.dispose();
  backbone.dispose();
  return { events, evaluations, runStates, weights };
}

const scored = (events: readonly TrainEvent[]): EvaluationResult[] =>
  events.flatMap((event) => (event.type === "evaluation" ? [event] : []));
const losses = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "step" ? [[event.step, event.epoch, event.loss, event.learningRate]] : []));
const peaks = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "memory" ? [[event.window, event.peak]] : []));
const intervals = (events: readonly TrainEvent[]) => events.filter(({ type }) => type === "scored");
const tests = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "test" ? [[event.step, event.score, event.examples]] : []));
const points = (evaluations: readonly EvaluationResult[]) =>
  evaluations.map(({ step, epoch, score, metrics }) => ({ step, epoch, score, metrics }));

describe("resuming", { timeout: 300_000 }, () => {
  test.each<[string, Changes, number[]]>([
    ["at each epoch's end", { epochs: 4, dropout: 0.1, schedule: "cosine", weightDecay: 0.01 }, [12, 24, 36]],
    ["in the middle of an epoch", { steps: 30, evalEvery: 7, dropout: 0.1 }, [7, 14, 21, 28]],
  ])(
    "%s gives bitwise the losses, scores, weights and memory of a run that was not interrupted",
    async (_, changes, steps) => {
      const whole = await run(changes);
      expect(whole.runStates.map(({ step }) => step)).toEqual(steps);
      for (const runState of whole.runStates) {
        const rest = await run(changes, runState);
        expect(losses(rest.events)).toEqual(losses(whole.events).filter(([step]) => Number(step) > runState.step));
        expect(intervals(rest.events)).toEqual(intervals(whole.events));
        expect(points(rest.evaluations)).toEqual(points(whole.evaluations));
        expect(rest.weights).toEqual(whole.weights);
        expect(peaks(rest.events)).toEqual(peaks(whole.events).slice(-peaks(rest.events).length));
        expect(rest.runStates.map(({ step }) => step)).toEqual(steps.filter((step) => step > runState.step));
      }
    },
  );

  test("of a run with a test keeps the weights of its best evaluation, which are tested", async () => {
    const changes: Changes = { learningRate: 6e-2, schedule: "constant", warmupSteps: 0 }; // so high that the last evaluation is not the best
    const task = (): TaskData => ({ ...toyTask(), test: async () => toyTask(1, 64) });
    const whole = await run({ ...changes, epochs: 6 }, undefined, task());
    const best = whole.evaluations.reduce((a, b) => (b.score > a.score ? b : a));
    expect(best.step).toBeLessThan(whole.evaluations.at(-1)!.step);
    expect(tests(whole.events)).toEqual([[best.step, expect.any(Number), 64]]);
    for (const runState of whole.runStates) {
      const rest = await run({ ...changes, epochs: 6 }, runState, task());
      expect(rest.weights).toEqual(whole.weights);
      expect(tests(rest.events)).toEqual(tests(whole.events));
    }
    const cut = await run({ ...changes, steps: best.step });
    expect(whole.weights).toEqual(cut.weights);
  });

  test("depends on every tensor that is saved", async () => {
    const changes = { epochs: 2 };
    const [runState] = (await run(changes)).runStates;
    const { weights } = await run(changes, runState);
    const names: string[] = [];
    await run(changes, {
      ...runState!,
      read(name) {
        names.push(name);
        return runState!.read(name);
      },
    });
    expect(names.length).toBe(3 * Object.keys(weights).length); // the weight, its mean and its variance
    for (const odd of [names[0], names.at(-1)]) {
      const read = (name: string) => runState!.read(name).map((value) => (name === odd ? value + 1 : value));
      expect((await run(changes, { ...runState!, read })).weights).not.toEqual(weights);
    }
  });

  test("leaves no tensor behind but the model", async () => {
    const changes = { epochs: 2 };
    const before = [liveBytes(), tf.memory().numTensors];
    const [runState] = (await run(changes)).runStates;
    await run(changes, runState);
    expect([liveBytes(), tf.memory().numTensors]).toEqual(before);
  });
});
