import type { Family } from "@petl/backbone";
import plan from "@petl/device-plan";
import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import adapters from "@petl/method-adapters";
import bitfit from "@petl/method-bitfit";
import dora from "@petl/method-dora";
import full from "@petl/method-full";
import ia3 from "@petl/method-ia3";
import lnTuning from "@petl/method-ln-tuning";
import lora from "@petl/method-lora";
import loraFa from "@petl/method-lora-fa";
import lst from "@petl/method-lst";
import oft from "@petl/method-oft";
import pissa from "@petl/method-pissa";
import prefixTuning from "@petl/method-prefix-tuning";
import promptTuning from "@petl/method-prompt-tuning";
import read from "@petl/method-read";
import vera from "@petl/method-vera";
import type { PetlMethod } from "@petl/spec";
import { seededRandom } from "@petl/tensor";
import { counts, TunedModel } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(async () => {
  await plan.open(); // shapes only: T5-base and what is attached to it hold no memory
});

function countsOn<Config>(family: Family<never>, name: string, method: PetlMethod<Config>, config: unknown) {
  const geometry = family.geometries[name]!;
  const backbone = family.build(name, geometry, family.initialise(geometry, seededRandom(0), "frozen"));
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
  ["LoRA-FA", loraFa, { rank: 32, alpha: 32 }, 1_769_472, 24],
  ["PiSSA", pissa, { rank: 32 }, 3_538_944, 24],
  ["VeRA", vera, {}, 73_728, 24],
  ["OFT", oft, {}, 857_088, 24],
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
    const result = countsOn(t5 as Family<never>, "t5-base", method as PetlMethod<unknown>, config);
    expect(result.trainableParams).toBe(trainable);
    expect(result.totalParams).toBe(222_903_552 + result.added);
    expect([result.backwardLayers, result.layers]).toEqual([layers, 24]);
  });
});

const everyLinear = {
  targets: ["query", "key", "value", "output", "gate", "input"],
  sublayers: ["attention", "feedforward"],
};

/** As PEFT 0.21 counts them on the same geometries; VeRA's papers give 0.043 and 1.4 million. */
const countedByPeft = [
  ["roberta-base", "LoRA-FA", bert, loraFa, {}, 147_456],
  ["roberta-base", "PiSSA", bert, pissa, {}, 294_912],
  ["roberta-base", "VeRA", bert, vera, { rank: 1024 }, 43_008],
  ["roberta-base", "OFT", bert, oft, {}, 285_696],
  ["roberta-base", "OFT on every linear layer", bert, oft, everyLinear, 1_285_632],
  ["llama-2-7b", "LoRA-FA", llama, loraFa, { rank: 32 }, 8_388_608],
  ["llama-2-7b", "LoRA-FA on every linear layer", llama, loraFa, { rank: 32, ...everyLinear }, 43_515_904],
  ["llama-2-7b", "PiSSA", llama, pissa, {}, 4_194_304],
  ["llama-2-7b", "VeRA", llama, vera, {}, 278_528],
  ["llama-2-7b", "VeRA on every linear layer", llama, vera, everyLinear, 1_417_216],
  ["llama-2-7b", "OFT", llama, oft, {}, 4_063_232],
  ["llama-2-7b", "OFT on every linear layer", llama, oft, everyLinear, 17_649_664],
  ["llama-3.2-3b", "LoRA-FA", llama, loraFa, { rank: 32 }, 3_670_016],
  ["llama-3.2-3b", "VeRA", llama, vera, {}, 129_024],
  ["llama-3.2-3b", "OFT", llama, oft, { blockSize: 96 }, 8_171_520],
] as const;

test.each(countedByPeft)(
  "on %s's geometry, %s trains the parameters that PEFT counts",
  (name, _, family, method, config, trainable) => {
    const result = countsOn(family as unknown as Family<never>, name, method as PetlMethod<unknown>, config);
    expect(result.trainableParams).toBe(trainable);
  },
);
