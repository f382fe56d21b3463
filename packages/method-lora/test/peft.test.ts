import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { huggingFaceConfig, huggingFaceNames, T5, t5Shapes } from "@petl/backbone";
import { readSafetensors } from "@petl/checkpoint";
import cpu from "@petl/device-cpu";
import { adamW } from "@petl/optim";
import type { Params } from "@petl/spec";
import { seededRandom, type Tensor, tf, type Variable, valueAndGradients } from "@petl/tensor";
import { type Batch, TunedModel } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";
import lora from "../src/index.js";

/** Made by scripts/fixtures/peft-lora.py: a small T5 with PEFT's LoRA, its gradients and one step of torch's AdamW. */
const path = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const about = JSON.parse(readFileSync(path("peft-lora.json"), "utf8"));
const stored = readSafetensors(path("peft-lora.safetensors"));
const config = huggingFaceConfig.parse(about.config);
const random = seededRandom(0);

function backbone(): T5 {
  const params: Record<string, Tensor> = {};
  const shapes = t5Shapes(config);
  for (const [ours, theirs] of huggingFaceNames(config)) params[ours] = variable(`base.${theirs}`, shapes.get(ours)!);
  return new T5("fixture", config, params);
}
const variable = (name: string, shape: readonly number[]): Variable =>
  tf.variable(tf.tensor(stored.read(name), [...shape]));

/** PEFT's name of one of our tensors, without its prefix. */
function peftName(ours: string): string {
  const part = ours.endsWith("loraA") ? "lora_A" : "lora_B";
  const theirs = huggingFaceNames(config).get(ours.replace(/lora[AB]$/, "weight"))!;
  return `base_model.model.${theirs.replace(/weight$/, `${part}.weight`)}`;
}

function tuned(): TunedModel {
  const { r, lora_alpha: alpha } = about.lora;
  const model = TunedModel.attach(backbone(), lora, lora.parse({ rank: r, alpha }), random);
  for (const [name, tensor] of Object.entries(model.params)) {
    (tensor as Variable).assign(tf.tensor(stored.read(`lora.${peftName(name)}`), tensor.shape));
  }
  return model;
}

function batch(): Batch {
  const integers = (name: string): Tensor =>
    tf.tensor(stored.readIntegers(name) as Int32Array, [...stored.info(name).shape], "int32");
  return {
    sources: integers("input_ids"),
    mask: tf.cast(integers("attention_mask"), "float32"),
    decoderInputs: integers("decoder_input_ids"),
    labels: tf.reshape(integers("labels"), [-1]),
    tokens: 0,
    paddedTokens: 0,
  };
}

async function expectClose(ours: Tensor, name: string, tolerance: number): Promise<void> {
  const [values, reference] = [(await ours.data()) as Float32Array, stored.read(name)];
  const scale = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = values.reduce((most, value, index) => Math.max(most, Math.abs(value - reference[index]!)), 0);
  expect(difference / scale, name).toBeLessThan(tolerance);
}

const step = (model: TunedModel): Params => {
  const { gradients } = valueAndGradients(() => model.loss(batch(), random), model.trained);
  return gradients;
};

beforeAll(async () => {
  await cpu.open();
});

describe("agrees with PEFT in", () => {
  test("the trainable count, the logits and the loss", async () => {
    const model = tuned();
    expect(Object.values(model.trained).reduce((sum, { size }) => sum + size, 0)).toBe(about.trainableParameters);
    await expectClose(model.logits(batch(), false, random), "logits", 1e-5);
    await expectClose(model.loss(batch(), random), "loss", 1e-5);
  });

  test("every gradient", async () => {
    const gradients = step(tuned());
    for (const [name, gradient] of Object.entries(gradients))
      await expectClose(gradient, `grad.${peftName(name)}`, 1e-5);
  });

  test("the weights after one step of AdamW", async () => {
    const model = tuned();
    const { lr, weight_decay, betas, eps } = about.adamw;
    const optimizer = adamW({ beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weight_decay });
    const gradients = step(model);
    optimizer.update(optimizer.init(model.trained), {
      params: model.trained,
      gradients,
      step: 1,
      learningRate: lr,
      scale: null,
    });
    for (const [name, value] of Object.entries(model.params)) await expectClose(value, `after.${peftName(name)}`, 1e-5);
    await expectClose(model.loss(batch(), random), "loss.after", 1e-5);
  });

  test("the logits of the merged model", async () => {
    const model = tuned();
    for (const [name, value] of Object.entries(model.attachment.merge!(model.backbone.params, model.params))) {
      (model.backbone.params[name] as Variable).assign(value);
    }
    const plain = TunedModel.attach(
      model.backbone,
      { ...lora, attach: () => ({ params: {}, unfrozen: [], hooks: new Map() }) },
      lora.parse({}),
      random,
    );
    await expectClose(plain.logits(batch(), false, random), "logits.merged", 1e-5);
  });
});
