import { T5 } from "@petl/family-t5";
import { adamW } from "@petl/optim";
import { liveBytes, seededRandom, type Tensor, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { makeBatch } from "../src/batches.js";
import {
  bestTensors,
  LossScaleError,
  type ResumePoint,
  type TrainEvent,
  Trainee,
  TunedModel,
  train,
} from "../src/index.js";
import { LossScaler, type LossScaleState, lossScalerOf } from "../src/loss-scale.js";
import { UpdateGradients } from "../src/step.js";
import { everything, openDevice, toyBackbone, toySettings, toyTask } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

const begin: LossScaleState = { scale: 65_536, madeSince: 0, inARow: 0, skipped: [] };

describe("the loss scale", () => {
  test("doubles after 2,000 updates in a row, halves where gradients are not finite, and counts anew after either", () => {
    const scaler = new LossScaler(true, begin);
    let step = 0;
    const make = (count: number): void => {
      for (let made = 0; made < count; made++) scaler.hear(++step, true);
    };
    make(1999);
    expect(scaler.scale).toBe(65_536);
    make(1);
    expect(scaler.scale).toBe(131_072);
    make(1500);
    scaler.hear(++step, false);
    expect(scaler.state).toEqual({ scale: 65_536, madeSince: 0, inARow: 1, skipped: [3501] });
    make(1999);
    expect(scaler.state).toEqual({ scale: 65_536, madeSince: 1999, inARow: 0, skipped: [3501] });
    make(1);
    expect(scaler.scale).toBe(131_072);
  });

  test("stays between 1 and 2^24", () => {
    const scaler = new LossScaler(true, { ...begin, scale: 2 ** 24, madeSince: 1999 });
    scaler.hear(1, true);
    expect(scaler.scale).toBe(2 ** 24);
    const least = new LossScaler(true, { ...begin, scale: 1 });
    least.hear(1, false);
    expect(least.scale).toBe(1);
  });

  test("ends the run with one line when it is at its least and more than 16 updates in a row were skipped", () => {
    const scaler = new LossScaler(true, begin);
    for (let step = 1; step <= 16; step++) scaler.hear(step, false);
    expect(scaler.scale).toBe(1);
    expect(() => scaler.hear(17, false)).toThrow(LossScaleError);
    expect(() => scaler.hear(17, false)).toThrow(
      /^training diverged: expected finite gradients, got none in 17 updates in a row up to step 17 at the least loss scale, 1; lower --learning-rate [^\n]+$/,
    );
  });

  test("of a number stays, and ends the run alike", () => {
    const scaler = lossScalerOf({ lossScale: 1024 })!;
    for (let step = 1; step <= 3000; step++) scaler.hear(step, true);
    for (let step = 3001; step <= 3016; step++) scaler.hear(step, false);
    expect(scaler.scale).toBe(1024);
    expect(() => scaler.hear(3017, false)).toThrow(LossScaleError);
  });

  test("is there where it is asked for, and by default where the device needs it", () => {
    const scaleOf = (lossScale: "auto" | "dynamic" | "off" | number, needs?: boolean) =>
      lossScalerOf({ lossScale }, needs)?.scale ?? null;
    expect([scaleOf("auto"), scaleOf("auto", true), scaleOf("off", true)]).toEqual([null, 65_536, null]);
    expect([scaleOf("dynamic"), scaleOf(8)]).toEqual([65_536, 8]);
  });
});

/** A toy whose logits are so large in some steps of the run with seed 0 that gradients of a scaled loss overflow. */
class Spiked extends T5 {
  readonly #keys: ReadonlySet<string>;

  constructor({ name, config, params }: T5, steps: readonly number[]) {
    super(name, config, params);
    this.#keys = new Set(steps.map((step) => seededRandom(0).fork("step").fork(step).key.join()));
  }

  override readout(...[state, pass, enters]: Parameters<T5["readout"]>): Tensor {
    const logits = super.readout(state, pass, enters);
    return this.#keys.has(pass.context.random.key.join()) ? tf.mul(logits, 1e36) : logits;
  }
}

async function run(
  changes: Parameters<typeof toySettings>[0],
  backbone = toyBackbone(),
  more: { needsLossScaling?: boolean; resume?: ResumePoint; onStep?: (model: T5, event: TrainEvent) => void } = {},
) {
  const events: TrainEvent[] = [];
  const runStates: ResumePoint[] = [];
  const { onStep, ...input } = more;
  const { model } = await train({
    ...{ backbone, method: everything, config: null, task: toyTask(), settings: toySettings(changes), ...input },
    onEvent(event) {
      events.push(event);
      onStep?.(backbone, event);
    },
    async onRunState({ tensors, bestWeights, ...state }) {
      const values = new Map<string, Float32Array>();
      for (const [name, stored] of Object.entries(bestTensors(bestWeights ?? {}))) values.set(name, stored.values);
      for (const [name, tensor] of Object.entries(tensors)) values.set(name, Float32Array.from(await tensor.data()));
      const evaluations = events.flatMap((event) => (event.type === "evaluation" ? [event] : []));
      runStates.push({ ...state, evaluations, read: (name) => values.get(name)! });
    },
  });
  const weights = weightsOf(backbone);
  model.dispose();
  backbone.dispose();
  const steps = events.flatMap((event) => (event.type === "step" ? [event] : []));
  return { steps, losses: steps.map(({ loss }) => loss), weights, runStates };
}

const weightsOf = ({ params }: T5): number[][] => Object.values(params).map((tensor) => [...tensor.dataSync()]);

describe("training with a scaled loss", () => {
  test.each([
    ["clipped", {}],
    ["not clipped", { clipNorm: null }],
    ["clipped hard, in micro-batches, with dropout", { clipNorm: 0.01, accumulate: 3, dropout: 0.1 }],
    ["with label smoothing, recomputed", { labelSmoothing: 0.1, recompute: true }],
  ])("%s has bitwise the losses and weights of one that is not, as the scale is a power of two", async (_, changes) => {
    const plain = await run({ ...changes, epochs: 1, lossScale: "off" });
    expect(plain.steps.every(({ lossScale, isSkipped }) => lossScale === undefined && isSkipped === undefined)).toBe(
      true,
    );
    for (const lossScale of [128, "dynamic"] as const) {
      const scaled = await run({ ...changes, epochs: 1, lossScale });
      expect(scaled.losses).toEqual(plain.losses);
      expect(scaled.weights).toEqual(plain.weights);
      expect(new Set(scaled.steps.map((step) => step.lossScale))).toEqual(
        new Set([lossScale === "dynamic" ? 65_536 : lossScale]),
      );
    }
  });

  test("is what a device that needs it gets by default", async () => {
    const scales = async (needsLossScaling: boolean) =>
      (await run({ steps: 1 }, undefined, { needsLossScaling })).steps[0]!.lossScale;
    expect([await scales(true), await scales(false)]).toEqual([65_536, undefined]);
  });

  test("skips updates whose gradients overflow, halves the scale and goes on", async () => {
    const seen: number[][][] = [];
    const onStep = (backbone: T5, event: TrainEvent): void => {
      if (event.type === "step") seen.push(weightsOf(backbone));
    };
    const spiked = new Spiked(toyBackbone(), [3, 4, 9]);
    const { steps } = await run({ epochs: 1, lossScale: "dynamic", warmupSteps: 0 }, spiked, { onStep });
    expect(steps.map(({ isSkipped }) => isSkipped)).toEqual(
      Array.from({ length: 12 }, (_, index) => [3, 4, 9].includes(index + 1)),
    );
    expect(steps.map(({ lossScale }) => lossScale)).toEqual(
      Array.from({ length: 12 }, (_, index) => 65_536 / (index < 3 ? 1 : index < 4 ? 2 : index < 9 ? 4 : 8)),
    );
    expect(steps.map(({ loss }) => loss !== undefined)).toEqual(steps.map(({ isSkipped }) => !isSkipped));
    for (const [index, { isSkipped }] of steps.entries())
      if (index > 0) expect(isSkipped === true).toBe(JSON.stringify(seen[index]) === JSON.stringify(seen[index - 1]));
  });

  test("a skipped update leaves the optimizer as if it had not been", async () => {
    const [first, second] = [0, 16].map((from) => toyTask().train.slice(from, from + 16));
    const trained = (skips: boolean) => {
      const trainee = new Trainee(TunedModel.attach(toyBackbone(), everything, null, seededRandom(0)));
      const update = (step: number, examples = first!): UpdateGradients => {
        const made = new UpdateGradients(trainee, step, 1024);
        const batch = makeBatch(examples, trainee.model.backbone);
        made.add({ batch, random: seededRandom(1), recordings: null, share: 1 });
        return made;
      };
      const by = { learningRate: 1e-2, clipNorm: 1 };
      update(1).apply(by);
      if (skips) update(2, second).skip();
      update(skips ? 3 : 2).apply(by);
      return [trainee.model.trained, trainee.state].map((tensors) =>
        Object.values(tensors).map((tensor) => [...tensor.dataSync()]),
      );
    };
    expect(trained(true)).toEqual(trained(false));
  });

  test("of a method that moves on, each tensor counts the updates that were made of it", () => {
    const names = ["encoder.0.feedforward.input.weight", "encoder.1.feedforward.input.weight"];
    const turns = [[names[0]!], [names[0]!], names, names, [names[1]!]];
    const attach = () => ({
      params: {},
      unfrozen: names,
      hooks: new Map(),
      trainedIn: (update: number) => turns[update - 1] ?? names,
    });
    const model = TunedModel.attach(toyBackbone(), { ...everything, attach }, null, seededRandom(0));
    const counted: unknown[] = [];
    const optimizer = adamW();
    optimizer.update = (_, { gradients, updatesOf }) =>
      counted.push(Object.keys(gradients).map((name) => updatesOf!(name)));
    const trainee = new Trainee(model, optimizer);
    const skipped = [2, 4];
    for (let step = 1; step <= 5; step++) {
      const gradients = trainee.begin(step);
      if (skipped.includes(step)) trainee.skip(step);
      else trainee.update(gradients, { step, learningRate: 0, scale: null });
    }
    expect(counted).toEqual([[1], [2, 1], [2]]);
    const later = new Trainee(model, optimizer, 4, skipped);
    later.update(later.begin(5), { step: 5, learningRate: 0, scale: null });
    expect(counted.at(-1)).toEqual([2]);
  });

  test("goes on with the same bits after a stop", async () => {
    const changes = { epochs: 2, evalEvery: 5, lossScale: "dynamic", warmupSteps: 0 } as const;
    const spiked = () => new Spiked(toyBackbone(), [3, 4, 9, 17]);
    const whole = await run(changes, spiked());
    expect(whole.runStates.map(({ step, lossScale }) => [step, lossScale])).toEqual([
      [5, { scale: 16_384, madeSince: 1, inARow: 0, skipped: [3, 4] }],
      [10, { scale: 8192, madeSince: 1, inARow: 0, skipped: [3, 4, 9] }],
      [15, { scale: 8192, madeSince: 6, inARow: 0, skipped: [3, 4, 9] }],
      [20, { scale: 4096, madeSince: 3, inARow: 0, skipped: [3, 4, 9, 17] }],
    ]);
    for (const resume of whole.runStates) {
      const rest = await run(changes, spiked(), { resume });
      expect(rest.weights).toEqual(whole.weights);
      const told = ({ step, loss, lossScale, isSkipped }: (typeof whole.steps)[number]) => [
        step,
        loss,
        lossScale,
        isSkipped,
      ];
      expect(rest.steps.map(told)).toEqual(whole.steps.slice(resume.step).map(told));
    }
  });

  test("ends where no scale helps, before any weight is spoilt", async () => {
    const backbone = new Spiked(
      toyBackbone(),
      Array.from({ length: 24 }, (_, index) => index + 1),
    );
    const before = weightsOf(backbone);
    const skipped: unknown[] = [];
    const failed = run({ lossScale: 2 ** 10, warmupSteps: 0 }, backbone, {
      onStep: (_, event) => event.type === "step" && skipped.push([event.step, event.isSkipped, event.loss]),
    });
    await expect(failed).rejects.toMatchObject({ name: "LossScaleError", code: "E_LOSS_SCALE", step: 17 });
    expect(skipped).toEqual(Array.from({ length: 17 }, (_, index) => [index + 1, true, undefined]));
    expect(weightsOf(backbone)).toEqual(before);
  });

  test("leaves no tensor behind", async () => {
    const before = [liveBytes().total, tf.memory().numTensors];
    await run({ epochs: 1, lossScale: "dynamic" }, new Spiked(toyBackbone(), [2]));
    expect([liveBytes().total, tf.memory().numTensors]).toEqual(before);
  });
});
