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

const stopped = new Error("stopped");

/** Trains, keeping a copy of each run state as a file would; stops where `stopsAt` says so of an event, and has no model then. */
async function run(
  changes: Changes,
  resume?: ResumePoint,
  task: TaskData = toyTask(),
  stopsAt: (event: TrainEvent) => boolean = () => false,
) {
  const events: TrainEvent[] = [];
  const runStates: ResumePoint[] = [];
  const backbone = toyBackbone();
  const stop = new AbortController();
  const trained = train({
    backbone,
    method: everything,
    config: null,
    task,
    settings: toySettings(changes),
    signal: stop.signal,
    onEvent(event) {
      events.push(event);
      if (stopsAt(event)) setImmediate(() => stop.abort(stopped)); // as a signal comes to a process
    },
    ...(resume !== undefined && { resume }),
    async onRunState({ step, best, unloggedLosses, lossScale, tensors, bestWeights }) {
      const values = new Map<string, Float32Array>();
      for (const [name, { values: best }] of Object.entries(bestTensors(bestWeights ?? {}))) values.set(name, best);
      for (const [name, tensor] of Object.entries(tensors)) values.set(name, Float32Array.from(await tensor.data()));
      const evaluations = [...(resume?.evaluations ?? []), ...scored(events)];
      runStates.push({ step, best, evaluations, unloggedLosses, lossScale, read: (name) => values.get(name)! });
    },
  });
  const ended = await trained.catch((error: unknown) => {
    if (error === stopped) return null;
    throw error;
  });
  if (ended === null) return { events, evaluations: [], runStates, weights: {} };
  const { model, evaluations } = ended;
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

  test.each([1, 3])("after a stop anywhere gives the same bits where every %s losses are logged", async (logEvery) => {
    const changes: Changes = { steps: 14, evalEvery: 5, dropout: 0.1, evalBatchSize: 16, logEvery };
    const whole = await run(changes);
    const isStep = ({ type }: TrainEvent) => type === "step";
    const isEdge = (event: TrainEvent) => event.type === "window" && event.edge === "begin";
    for (const [kind, count] of [
      [isStep, 14],
      [isEdge, 6],
    ] as const)
      for (let at = 1; at <= count; at++) {
        let seen = 0;
        const begun = await run(changes, undefined, toyTask(), (event) => kind(event) && ++seen === at);
        const kept = begun.runStates.at(-1)!;
        if (kind === isStep) expect(kept.step).toBe(at);
        const rest = await run(changes, kept);
        const all = [...losses(begun.events), ...losses(rest.events)];
        expect(all).toEqual(losses(whole.events));
        expect(points(rest.evaluations)).toEqual(points(whole.evaluations));
        expect(intervals(rest.events)).toEqual(intervals(whole.events));
        expect(rest.weights).toEqual(whole.weights);
      }
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
