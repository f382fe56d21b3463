import type { Family } from "@petl/backbone";
import plan from "@petl/device-plan";
import llama from "@petl/family-llama";
import t5 from "@petl/family-t5";
import lora from "@petl/method-lora";
import loraFa from "@petl/method-lora-fa";
import type { PetlMethod } from "@petl/spec";
import { liveBytes, peakBytes, resetPeakBytes, seededRandom, type Tensor, tf, valueAndGradients } from "@petl/tensor";
import { defaultSettings, disposeBatch, makeBatch, rehearseUpdate, Trainee, TunedModel } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";

beforeAll(async () => {
  await plan.open(); // shapes only
});

const float = 4;
const everyLinear = {
  targets: ["query", "key", "value", "output", "gate", "input"],
  sublayers: ["attention", "crossAttention", "feedforward"],
};

/** What the backward pass will need of a batch (activations alive between the two passes), and the peak of a training step. */
function bytesOf<Config>(family: Family<never>, name: string, method: PetlMethod<Config>, settings: object) {
  const geometry = family.geometries[name]!;
  const backbone = family.build(name, geometry, family.initialise(geometry, seededRandom(0), "frozen"));
  const model = TunedModel.attach(backbone, method, method.parse({ rank: 32, ...settings }), seededRandom(0));
  const batch = makeBatch([{ source: new Array(tokens).fill(0), target: new Array(targets).fill(0) }], backbone);
  let kept = 0;
  const { value, gradients } = valueAndGradients(() => {
    const loss = model.loss(batch, seededRandom(1));
    kept = liveBytes().activations;
    return loss;
  }, model.trained);
  tf.dispose([value, gradients as Record<string, Tensor>]);
  disposeBatch(batch);
  const trainee = new Trainee(model);
  resetPeakBytes();
  rehearseUpdate(trainee, { ...defaultSettings, batchSize: 1, maxLength: tokens, maxTargetLength: targets });
  const peak = peakBytes().total;
  trainee.dispose();
  model.dispose();
  backbone.dispose();
  return { kept, peak };
}

const [tokens, targets] = [2048, 2];
const both = (family: unknown, name: string, settings: object) => [
  bytesOf(family as Family<never>, name, lora, settings),
  bytesOf(family as Family<never>, name, loraFa, settings),
];

/** The scale of an update is kept with it, unless it is of a frozen factor and an input that is not differentiated. */
const scalesOf = (layers: number): number => layers * float;

describe("with one factor frozen, a step keeps nothing of the inputs of adapted layers", () => {
  /** Channels that LoRA keeps of each token: an input that several layers read is kept once, its dropout for each of them. */
  test.each([
    ["queries and values", {}, 4096, 2],
    ["queries and values, with dropout", { dropout: 0.1 }, 2 * 4096, 2],
    ["every linear layer", everyLinear, 3 * 4096 + 11_008, 3],
    ["every linear layer, with dropout", { ...everyLinear, dropout: 0.1 }, 6 * 4096 + 11_008, 3],
  ] as const)("Llama-2-7B, %s", (name, settings, channels, firstLayers) => {
    const [trained, frozen] = both(llama, "llama-2-7b", settings);
    console.info(`Llama-2-7B, ${name}:`, trained, frozen); // quoted in LoRA-FA's README
    const inputs = 32 * (tokens + targets - 1) * channels * float;
    expect(trained!.kept - frozen!.kept).toBe(inputs + scalesOf(firstLayers));
    expect(trained!.peak - frozen!.peak).toBeGreaterThan(inputs);
  });

  test("T5-base, queries and values", () => {
    const [trained, frozen] = both(t5, "t5-base", {});
    const ofEncoder = 12 * tokens + tokens; // all cross-attentions read one state
    const ofDecoder = 12 * 2 * targets;
    const inputs = (ofEncoder + ofDecoder) * 768 * float;
    expect(trained!.kept - frozen!.kept).toBe(inputs + scalesOf(4));
    expect(trained!.peak - frozen!.peak).toBeGreaterThan(inputs);
  });
});
