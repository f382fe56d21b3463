import { loadBackbone } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import t5 from "@petl/family-t5";
import bitfit from "@petl/method-bitfit";
import full from "@petl/method-full";
import lora from "@petl/method-lora";
import lst from "@petl/method-lst";
import promptTuning from "@petl/method-prompt-tuning";
import read from "@petl/method-read";
import type { PetlMethod } from "@petl/spec";
import { peakBytes, resetPeakBytes, seededRandom } from "@petl/tensor";
import { counts, disposeBatch, makeBatch, Trainee, TunedModel, trainStep } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(async () => {
  await cpu.open();
});

/** Peak tensor bytes of the second training step of a method on a fresh backbone, weights and optimizer state included. */
async function measure<Config>(name: string, method: PetlMethod<Config>, rows: number, tokens: number) {
  const { model: backbone } = await loadBackbone(name, t5, { seed: 1 });
  const model = TunedModel.attach(backbone, method, method.parse({}), seededRandom(2));
  const trainee = new Trainee(model);
  const source = Array.from({ length: tokens }, (_, index) => 2 + ((index * 37) % 4000));
  for (const step of [1, 2]) {
    const batch = makeBatch(
      Array.from({ length: rows }, () => ({ source, target: [5, 6, 1] })),
      backbone,
    );
    if (step === 2) resetPeakBytes();
    const { loss } = trainStep(trainee, batch, { step, learningRate: 1e-3, clipNorm: 1 }, seededRandom(step));
    disposeBatch(batch);
    loss.dispose();
  }
  const result = { peak: peakBytes(), ...counts(model) };
  trainee.dispose();
  model.dispose();
  backbone.dispose();
  return result;
}

describe.each([
  ["t5-tiny-random", 16, 64],
  ["t5-small-random", 8, 64],
] as const)("on %s", (name, rows, tokens) => {
  test("READ and LST go back through no layer and peak below LoRA, which peaks below full tuning", async () => {
    const [small, ladder, middle, large] = [
      await measure(name, read, rows, tokens),
      await measure(name, lst, rows, tokens),
      await measure(name, lora, rows, tokens),
      await measure(name, full, rows, tokens),
    ];
    expect([small.backwardLayers, small.gradientStart]).toEqual([0, null]);
    expect([ladder.backwardLayers, ladder.gradientStart]).toEqual([0, null]);
    expect(ladder.peak.total).toBeLessThan(middle.peak.total);
    expect(middle.backwardLayers).toBe(middle.layers);
    expect(small.peak.total).toBeLessThan(middle.peak.total);
    expect(middle.peak.total).toBeLessThan(large.peak.total);
    const [biases, prompt] = [
      await measure(name, bitfit, rows, tokens),
      await measure(name, promptTuning, rows, tokens),
    ];
    const measured = { read: small, lst: ladder, bitfit: biases, lora: middle, "prompt-tuning": prompt, full: large };
    for (const [method, { peak, trainableParams }] of Object.entries(measured))
      console.info(`${name}: ${method}: ${trainableParams} trained, peak tensor bytes`, peak); // quoted in the READMEs
  }, 120_000);
});
