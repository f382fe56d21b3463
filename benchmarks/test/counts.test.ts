import plan from "@petl/device-plan";
import { geometries, initialise, T5 } from "@petl/family-t5";
import adapters from "@petl/method-adapters";
import bitfit from "@petl/method-bitfit";
import dora from "@petl/method-dora";
import full from "@petl/method-full";
import ia3 from "@petl/method-ia3";
import lnTuning from "@petl/method-ln-tuning";
import lora from "@petl/method-lora";
import lst from "@petl/method-lst";
import prefixTuning from "@petl/method-prefix-tuning";
import promptTuning from "@petl/method-prompt-tuning";
import read from "@petl/method-read";
import type { PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { counts, TunedModel } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(async () => {
  await plan.open(); // shapes only: T5-base and what is attached to it hold no memory
});

function countsOn<Config>(method: PetlMethod<Config>, config: unknown) {
  const geometry = geometries["t5-base"]!;
  const backbone = new T5("t5-base", geometry, initialise(geometry, seededRandom(0)));
  const model = TunedModel.attach(backbone, method, method.parse(config), seededRandom(0));
  const result = { ...counts(model), added: Object.values(model.params).reduce((sum, { size }) => sum + size, 0) };
  model.dispose();
  backbone.dispose();
  return result;
}

/** Sung et al. 2022 and Wang et al. 2023 as worked out for a vocabulary of 32,128; layers a training step goes back through. */
const published = [
  ["full tuning", full, {}, 222_903_552, 24],
  ["LoRA's low-rank part", lora, { rank: 32, alpha: 32 }, 3_538_944, 24],
  ["LoRA with added biases", lora, { rank: 32, alpha: 32, biases: "all" }, 3_821_440, 24],
  ["DoRA", dora, { rank: 32, alpha: 32 }, 3_594_240, 24],
  ["BitFit", bitfit, {}, 282_496, 24],
  ["adapters with all norms", adapters, {}, 3_625_728, 24],
  ["one adapter a layer", adapters, { placement: "one-a-layer", bottleneck: 64, norms: false }, 2_379_264, 24],
  ["Ladder Side-Tuning with 18 gates", lst, {}, 3_878_706, 0],
  ["(IA)3", ia3, {}, 129_024, 24],
  ["LN-tuning", lnTuning, {}, 47_616, 24],
  ["prefix-tuning", prefixTuning, { tokens: 20 }, 1_105_920, 24],
  ["prompt tuning", promptTuning, { tokens: 100 }, 76_800, 24],
  ["READ", read, {}, 1_971_456, 0],
  ["READ without its joiner", read, { joiner: false }, 986_112, 0],
] as const;

describe("on T5-base's geometry", () => {
  test.each(published)("%s trains the published number of parameters", (_, method, config, trainable, layers) => {
    const result = countsOn(method as PetlMethod<unknown>, config);
    expect(result.trainableParams).toBe(trainable);
    expect(result.totalParams).toBe(222_903_552 + result.added);
    expect([result.backwardLayers, result.layers]).toEqual([layers, 24]);
  });
});
