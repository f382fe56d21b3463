import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BackboneModel, loadBackbone } from "@petl/backbone";
import webgpu from "@petl/device-webgpu";
import family, { geometries, initialise, T5 } from "@petl/family-t5";
import full from "@petl/method-full";
import lora from "@petl/method-lora";
import type { PetlMethod } from "@petl/spec";
import { type Device, seededRandom, tf, valueAndGradients } from "@petl/tensor";
import {
  defaultSettings,
  disposeBatch,
  LossScaleError,
  makeBatch,
  type TaskData,
  type TokenizedExample,
  type TrainSettings,
  TunedModel,
  train,
} from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";
import { reference, valuesOf } from "./every-device.js";
import { openHalfProducts } from "./half-products.js";

const asksForAll = process.env.PETL_SOFTWARE_GPU === "1";

/** Examples as a task that is trained; it is scored once, on the first, and the score says nothing. */
const taskOf = (examples: readonly TokenizedExample[]): TaskData => ({
  name: "sentences",
  train: examples,
  answering: { scoring: "trie", labels: [{ text: "", ids: examples[0]!.target }], parse: () => 0, decode: () => "" },
  evaluations: [{ name: "dev", examples: examples.slice(0, 1), references: [0] }],
  loss: () => null,
  score: () => ({ score: 0, metrics: {}, invalid: 0, notices: [] }),
  interval: () => ({ low: 0, high: 0, level: 0, resamples: 1 }),
  constant: () => ({ answer: "", score: 0 }),
  test: null,
});

interface Trained {
  readonly method: PetlMethod;
  readonly examples: readonly TokenizedExample[];
  readonly settings: Partial<TrainSettings>;
}

/** What each step said, on a device that is open. */
async function trained(device: Device, backbone: BackboneModel, { method, examples, settings }: Trained) {
  const steps: { loss: number | undefined; lossScale: number | undefined; isSkipped: boolean | undefined }[] = [];
  const { model } = await train({
    ...{ backbone, method, config: method.parse({}), task: taskOf(examples) },
    settings: { ...defaultSettings, warmupSteps: 0, schedule: "constant", ...settings },
    needsLossScaling: device.needsLossScaling,
    onEvent: (event) => event.type === "step" && steps.push({ lossScale: undefined, isSkipped: undefined, ...event }),
  });
  model.dispose();
  backbone.dispose();
  return steps.map(({ loss, lossScale, isSkipped }) => ({ loss, lossScale, isSkipped }));
}

const config = {
  ...geometries["t5-tiny"]!,
  ...{ vocabularySize: 41, modelWidth: 16, headWidth: 8, heads: 2, feedForwardWidth: 24 },
  ...{ encoderLayers: 2, decoderLayers: 2 },
};
const tiny = (): T5 => new T5("tiny", config, initialise(config, seededRandom(1)));
const examples = [0, 1, 2, 3].map((row) => ({
  source: Array.from({ length: 9 - row }, (_, index) => 2 + ((index * 37 + row) % 39)),
  target: [5 + row, 6, 1],
}));
const everyTensor: Trained = {
  ...{ method: full as PetlMethod, examples },
  settings: { steps: 24, batchSize: 2, learningRate: 1e-2 },
};

describe("products in half precision, on a CPU that rounds their operands", () => {
  let device: Device | undefined;
  const on = async <Result>(open: () => Promise<Device>, use: (device: Device) => Promise<Result>): Promise<Result> => {
    device = await open();
    return use(device).finally(() => device!.close());
  };

  test("with a scaled loss train as float32 does, to 1 %", async () => {
    const expected = await on(reference.open, (cpu) => trained(cpu, tiny(), everyTensor));
    const found = await on(openHalfProducts, (half) => trained(half, tiny(), everyTensor));
    expect(expected.every(({ lossScale }) => lossScale === undefined)).toBe(true);
    expect(found.map(({ isSkipped }) => isSkipped)).toEqual(found.map(() => false));
    expect(new Set(found.map(({ lossScale }) => lossScale))).toEqual(new Set([65_536]));
    expect(expected.at(-1)!.loss!).toBeLessThan(0.9 * expected[0]!.loss!);
    expect(found.map(({ loss }) => loss)).not.toEqual(expected.map(({ loss }) => loss));
    for (const [step, { loss }] of expected.entries())
      expect(Math.abs(found[step]!.loss! / loss! - 1), `step ${step + 1}`).toBeLessThan(0.01);
  });

  test("lose small gradients without a loss scale, and keep them with one", async () => {
    const share = 2 ** -20; // as the gradients of a model that has learnt, or of a long sequence's tokens
    const gradients = async (lossScale: number) => {
      const model = TunedModel.attach(tiny(), full as PetlMethod, full.parse({}), seededRandom(2));
      const batch = makeBatch(examples, model.backbone);
      const { gradients } = valueAndGradients(
        () => model.loss(batch, seededRandom(5), null, share),
        model.trained,
        lossScale,
      );
      const values = Object.values(await valuesOf(gradients)).flatMap((each) => [...each]);
      disposeBatch(batch);
      tf.dispose(Object.values(gradients));
      model.backbone.dispose();
      return values.map((value) => value / lossScale);
    };
    const expected = await on(reference.open, () => gradients(1));
    const [lost, kept] = await on(
      openHalfProducts,
      async () => [await gradients(1), await gradients(2 ** 16)] as const,
    );
    const norm = (values: readonly number[]): number => Math.hypot(...values);
    const far = (found: readonly number[]) =>
      norm(found.map((value, index) => value - expected[index]!)) / norm(expected);
    expect(far(kept)).toBeLessThan(0.01);
    expect(far(lost)).toBeGreaterThan(0.1);
  });

  test("skip what a scale beyond their range makes infinite, and end where it stays so", async () => {
    const run = (half: Device) =>
      trained(half, tiny(), { ...everyTensor, settings: { ...everyTensor.settings, lossScale: 2 ** 24 } });
    await expect(on(openHalfProducts, run)).rejects.toThrow(LossScaleError);
  });
});

const models =
  process.env.PETL_MODELS ?? join(fileURLToPath(new URL("../../../../shared/data", import.meta.url)), "models");
const checkpoint = resolve(models, "flan-t5-small");
const isThere = existsSync(join(checkpoint, "model.safetensors"));
if (asksForAll && !isThere)
  console.warn(`skipped: ${checkpoint} is absent (PETL_MODELS names the folder of real checkpoints)`);
const emulated = { gpu: "software", precision: "f16" } as const;
const gpu = asksForAll ? await webgpu.probe(emulated) : { usable: false, reason: "PETL_SOFTWARE_GPU=1 asks for it" };
if (!gpu.usable) console.warn(`skipped: FLAN-T5-small in half precision on an emulated GPU: ${gpu.reason}`);

describe.skipIf(!asksForAll || !isThere)("FLAN-T5-small in half precision", { timeout: 3_600_000 }, () => {
  const pairs: readonly (readonly [source: string, target: string])[] = [
    ["Translate to German: The house is small.", "Das Haus ist klein."],
    ["Is this review positive? It was a warm and funny film.", "yes, it praises the film"],
    ["Is this review positive? Nothing in it works.", "no, it finds fault with all of it"],
    ["Which season is the coldest?", "winter, in the north"],
  ];
  /** Few tokens have large gradients each. */
  const short = pairs.slice(1, 3).map(([source, target]) => [source, target.split(",")[0]!] as const);
  const run = async (open: () => Promise<Device>, lossScale: TrainSettings["lossScale"], texts = pairs) => {
    const device = await open();
    const { model, tokenizer } = await loadBackbone(checkpoint, family, { seed: 0 });
    const ids = (text: string): number[] => [...tokenizer.encode(text).filter((id) => id !== model.eosId), model.eosId];
    const rows = texts.map(([source, target]) => ({ source: ids(source), target: ids(target) }));
    const settings = { steps: 6, batchSize: 1, learningRate: 3e-4, lossScale };
    const steps = await trained(device, model, { method: lora as PetlMethod, examples: rows, settings });
    await device.close();
    const told = steps.map(({ loss, lossScale }) => `${loss?.toFixed(5) ?? "skipped"} at ${lossScale ?? "no scale"}`);
    console.log(`${device.name}: ${told.join(", ")}`);
    return steps;
  };
  let expected: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    expected = await run(reference.open, "off");
  });

  const follows = (found: typeof expected): void => {
    for (const [step, { loss }] of expected.entries())
      expect(Math.abs(found[step]!.loss! / loss! - 1), `step ${step + 1}`).toBeLessThan(0.002);
  };
  test("follows float32's loss to 0.2 % on a CPU that rounds operands", async () => {
    follows(await run(openHalfProducts, 1024));
  });

  const overflowsOnce = (found: typeof expected): void => {
    const skipped = found.filter(({ isSkipped }) => isSkipped).length;
    expect(found[0]).toMatchObject({ lossScale: 65_536, isSkipped: true });
    expect(found.at(-1)).toMatchObject({ lossScale: 65_536 / 2 ** skipped, isSkipped: false });
  };
  test("skips an update that overflows, and goes on at half the loss scale", async () => {
    overflowsOnce(await run(openHalfProducts, "auto", short));
  });

  test.skipIf(!gpu.usable)("does both on an emulated GPU", async () => {
    follows(await run(() => webgpu.open(emulated), 1024));
    overflowsOnce(await run(() => webgpu.open(emulated), "dynamic", short));
  });
});
