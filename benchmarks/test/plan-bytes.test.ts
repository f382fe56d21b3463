import cpu from "@petl/device-cpu";
import plan from "@petl/device-plan";
import { geometries, initialise, T5 } from "@petl/family-t5";
import { adamW } from "@petl/optim";
import { type ByteSplit, type DeviceProvider, peakBytes, resetPeakBytes, seededRandom, tf } from "@petl/tensor";
import { defaultSettings, type RehearsedSettings, rehearseEvaluation, rehearseUpdate, TunedModel } from "@petl/trainer";
import { expect, test } from "vitest";
import { everyMethod } from "./every-method.js";

type BatchSizes = Pick<RehearsedSettings, "batchSize" | "maxLength" | "maxTargetLength">;

interface Arm {
  readonly method: string;
  readonly config: Record<string, unknown>;
  readonly dropout?: number;
  readonly recompute?: boolean;
  readonly accumulate?: number;
  readonly labelSmoothing?: number;
}

/** Peaks of a training step, of the step after it and of an evaluation batch, by arm. */
async function peaks(device: DeviceProvider, geometry: string, arms: readonly Arm[], sizes: BatchSizes) {
  const opened = await device.open();
  try {
    const config = geometries[geometry]!;
    const backbone = new T5(geometry, config, initialise(config, seededRandom(0)));
    const all: Record<string, ByteSplit[]> = {};
    for (const { method: name, config: settings, ...options } of arms) {
      const method = (await everyMethod()).get(name)!;
      const model = TunedModel.attach(backbone, method, method.parse(settings), seededRandom(1), options);
      const optimizer = adamW();
      const state = optimizer.init(model.trained);
      const trainee = { model, optimizer, state };
      const measured = [rehearseUpdate, rehearseUpdate, rehearseEvaluation].map((rehearse) => {
        resetPeakBytes();
        rehearse(trainee, { ...defaultSettings, ...options, ...sizes });
        return peakBytes();
      });
      all[`${name} ${JSON.stringify({ ...settings, ...options })}`] = measured;
      tf.dispose(Object.values(state));
      model.dispose();
    }
    backbone.dispose();
    return all;
  } finally {
    await opened.close();
  }
}

const sizes = { batchSize: 3, maxLength: 12, maxTargetLength: 4 };

/** Every method that is found, and the settings that change what its step allocates. */
async function everyArm(): Promise<Arm[]> {
  const defaults = [...(await everyMethod()).keys()].map((method) => ({ method, config: {} }));
  return [
    ...defaults,
    ...defaults.map((arm) => ({ ...arm, dropout: 0.1, recompute: true })),
    ...defaults.map((arm) => ({ ...arm, accumulate: 2 })),
    { method: "full", config: {}, recompute: true, accumulate: 3 },
    { method: "lora", config: {}, labelSmoothing: 0.1 },
    { method: "full", config: {}, recompute: true },
    { method: "full", config: {}, dropout: 0.1 },
    { method: "read", config: {}, dropout: 0.1 },
    { method: "lora", config: { rank: 4, dropout: 0.1, biases: "all" } },
    { method: "prompt-tuning", config: { tokens: 7 } },
    { method: "read", config: { cell: "lstm", zeroInit: false } },
    { method: "read", config: { cell: "rnn", aggregate: "last" } },
    { method: "read", config: { recurrent: false, scale: "none" } },
    { method: "read", config: { joiner: false, layers: 2, hidden: 16 } },
  ];
}

test("the plan's peak bytes are the CPU device's, for every method, in training and evaluation", async () => {
  const arms = await everyArm();
  expect(arms.length).toBeGreaterThan(10);
  const planned = await peaks(plan, "t5-tiny", arms, sizes);
  const measured = await peaks(cpu, "t5-tiny", arms, sizes);
  expect(planned).toEqual(measured);
  expect(Object.keys(planned)).toHaveLength(arms.length);
  const totals = new Set(Object.values(planned).map(([step]) => step!.total));
  expect(totals.size).toBeGreaterThan(arms.length / 2); // small arms may share a peak in the readout
});

test("the plan's peak bytes are the CPU device's on a backbone of T5-small's size", async () => {
  const methods = [...(await everyMethod()).keys()];
  const checkpointed = { config: {}, dropout: 0.1, recompute: true };
  const arms: Arm[] = [
    ...methods.map((method) => ({ method, config: {} })),
    ...["full", "lora", "read"].map((method) => ({ method, ...checkpointed })),
  ];
  const small = { batchSize: 2, maxLength: 24, maxTargetLength: 3 };
  const planned = await peaks(plan, "t5-small", arms, small);
  const measured = await peaks(cpu, "t5-small", arms, small);
  expect(planned).toEqual(measured);
}, 240_000);
