import { weightKeeper } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import plan from "@petl/device-plan";
import family, { geometries, type T5Config } from "@petl/family-t5";
import { type ByteSplit, type DeviceProvider, peakBytes, resetPeakBytes, seededRandom } from "@petl/tensor";
import {
  defaultSettings,
  type RehearsedSettings,
  rehearseEvaluation,
  rehearseUpdate,
  Trainee,
  TunedModel,
} from "@petl/trainer";
import { type BackboneDtype, backboneDtypes } from "@petl/weight-formats";
import { expect, test } from "vitest";
import { everyDevice } from "./devices/every-device.js";
import { everyMethodOnT5 } from "./every-method.js";

type BatchSizes = Pick<RehearsedSettings, "batchSize" | "maxLength" | "maxTargetLength">;

interface Arm {
  readonly method: string;
  readonly config: Record<string, unknown>;
  readonly dropout?: number;
  readonly recompute?: boolean;
  readonly accumulate?: number;
  readonly labelSmoothing?: number;
  readonly lossScale?: RehearsedSettings["lossScale"];
}

/** Peaks of a training step, of the step after it and of an evaluation batch, by arm. */
async function peaks(
  device: Pick<DeviceProvider, "open">,
  geometry: string,
  arms: readonly Arm[],
  sizes: BatchSizes,
  dtype: BackboneDtype = "f32",
  changes: Partial<T5Config> = {},
) {
  const opened = await device.open();
  try {
    const config = { ...geometries[geometry]!, ...changes };
    const { drawn } = weightKeeper(family, config, { dtype, unfrozen: new Set() });
    const backbone = family.build(geometry, config, family.initialise(config, seededRandom(0), "trained", drawn));
    const all: Record<string, ByteSplit[]> = {};
    for (const { method: name, config: settings, ...options } of arms) {
      const method = (await everyMethodOnT5()).get(name)!;
      const model = TunedModel.attach(backbone, method, method.parse(settings), seededRandom(1), options);
      const trainee = new Trainee(model);
      const measured = [rehearseUpdate, rehearseUpdate, rehearseEvaluation].map((rehearse) => {
        resetPeakBytes();
        rehearse(trainee, { ...defaultSettings, ...options, ...sizes });
        return peakBytes();
      });
      all[`${name} ${JSON.stringify({ ...settings, ...options })}`] = measured;
      trainee.dispose();
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
  const defaults = [...(await everyMethodOnT5()).keys()].map((method) => ({ method, config: {} }));
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
    { method: "lora-fa", config: { preconditioned: true } },
    { method: "vera", config: { rank: 20, targets: ["query", "input"], sublayers: ["attention", "feedforward"] } },
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
  // Every method is compared on a tiny one; these differ in what they keep. PETL_PLAN=all compares every method here, too.
  const chosen = ["full", "lora", "read", "lst", "prompt-tuning", "galore"];
  const methods = process.env.PETL_PLAN === "all" ? [...(await everyMethodOnT5()).keys()] : chosen;
  const checkpointed = { config: {}, dropout: 0.1, recompute: true };
  const arms: Arm[] = [
    ...methods.map((method) => ({ method, config: method === "galore" ? { rank: 8 } : {} })), // few directions are soon found
    ...["full", "lora", "read"].map((method) => ({ method, ...checkpointed })),
  ];
  const small = { batchSize: 2, maxLength: 24, maxTargetLength: 3 };
  const planned = await peaks(plan, "t5-small", arms, small);
  const measured = await peaks(cpu, "t5-small", arms, small);
  expect(planned).toEqual(measured);
}, 240_000);

test("the plan's peak bytes are the CPU device's where logits are made in pieces", async () => {
  const large = { vocabularySize: 60_000 }; // 69 MB of logits of 288 rows
  const many = { batchSize: 36, maxLength: 4, maxTargetLength: 8 };
  const arms: Arm[] = [
    { method: "read", config: {} },
    { method: "full", config: {}, lossScale: 1024 },
  ];
  const planned = await peaks(plan, "t5-tiny", arms, many, "f32", large);
  expect(planned).toEqual(await peaks(cpu, "t5-tiny", arms, many, "f32", large));
  const logits = 4 * large.vocabularySize * 288;
  const backbone = planned["read {}"]![0]!.backbone;
  expect(planned["read {}"]![0]!.total - backbone).toBeLessThan(1.5 * logits); // of all, there would be two
});

/** Methods that train weights in place, which are then not stored in few bits. */
const trainsWeights = ["full", "galore", "lisa"];
const inFewBits = backboneDtypes.filter((dtype) => dtype !== "f32" && dtype !== "file");
test.each(inFewBits)("the plan's peak bytes are the CPU device's with frozen weights in %s", async (dtype) => {
  const arms = (await everyArm()).filter(
    ({ method, accumulate }) => !trainsWeights.includes(method) && accumulate === undefined,
  );
  const planned = await peaks(plan, "t5-tiny", arms, sizes, dtype);
  const measured = await peaks(cpu, "t5-tiny", arms, sizes, dtype);
  expect(planned).toEqual(measured);
  const whole = await peaks(plan, "t5-tiny", arms.slice(0, 1), sizes);
  const [arm] = Object.keys(whole);
  expect(planned[arm!]![0]!.backbone).toBeLessThan(0.55 * whole[arm!]![0]!.backbone);
});

const gpu = (await everyDevice()).find(({ name }) => name === "webgpu");
test.skipIf(gpu === undefined)(
  "the plan's peak bytes of READ and LoRA are the WebGPU device's with frozen weights in nf4",
  async () => {
    const arms = ["read", "lora"].map((method) => ({ method, config: {} }));
    const planned = await peaks(plan, "t5-tiny", arms, sizes, "nf4");
    expect(await peaks(gpu!, "t5-tiny", arms, sizes, "nf4")).toEqual(planned);
  },
  240_000,
);
