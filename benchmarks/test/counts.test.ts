import cpu from "@petl/device-cpu";
import bitfit from "@petl/method-bitfit";
import full from "@petl/method-full";
import lora from "@petl/method-lora";
import promptTuning from "@petl/method-prompt-tuning";
import read from "@petl/method-read";
import { geometryOnly } from "@petl/method-testkit";
import type { PetlMethod } from "@petl/spec";
import { seededRandom, tf } from "@petl/tensor";
import { counts, TunedModel } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(async () => {
  await cpu.open();
});

function countsOn<Config>(method: PetlMethod<Config>, config: unknown) {
  const backbone = geometryOnly("t5-base");
  const model = TunedModel.attach(backbone, method, method.parse(config), seededRandom(0));
  const result = counts(model);
  model.dispose();
  tf.dispose(backbone.params["shared.weight"]!);
  return result;
}

/** Sung et al. 2022 and Wang et al. 2023 as worked out for a vocabulary of 32,128; layers a training step goes back through. */
const published = [
  ["full tuning", full, {}, 222_903_552, 24],
  ["LoRA's low-rank part", lora, { rank: 32, alpha: 32 }, 3_538_944, 24],
  ["LoRA with added biases", lora, { rank: 32, alpha: 32, biases: "all" }, 3_821_440, 24],
  ["BitFit", bitfit, {}, 282_496, 24],
  ["prompt tuning", promptTuning, { tokens: 100 }, 76_800, 24],
  ["READ", read, {}, 1_971_456, 0],
  ["READ without its joiner", read, { joiner: false }, 986_112, 0],
] as const;

describe("on T5-base's geometry", () => {
  test.each(published)("%s trains the published number of parameters", (_, method, config, trainable, layers) => {
    const result = countsOn(method as PetlMethod<unknown>, config);
    expect(result.trainableParams).toBe(trainable);
    expect(result.totalParams).toBe(222_903_552 + (method === (full as unknown) ? 0 : trainable));
    expect([result.backwardLayers, result.layers]).toEqual([layers, 24]);
  });
});
