import { readFileSync } from "node:fs";
import { asParameter, type BackboneModel, type Family } from "@petl/backbone";
import { readSafetensors } from "@petl/checkpoint";
import { adamW } from "@petl/optim";
import type { Backbone, Params, PetlMethod, TensorSettings } from "@petl/spec";
import { seededRandom, type Tensor, tf, type Variable, valueAndGradients } from "@petl/tensor";
import { TunedModel } from "@petl/trainer";
import { beforeAll, describe, expect, test } from "vitest";
import { referenceBatch } from "./reference-batch.js";
import { largest, openTestDevice } from "./stage.js";

export interface Reference {
  /** The family of the backbone in the file. */
  readonly family: Family;
  /** `NAME.json` and `NAME.safetensors` without their endings, as the scripts in scripts/fixtures write them. */
  readonly file: string;
  /** Who computed it, for the titles. */
  readonly by: string;
  /** Our settings, from what the JSON file says. */
  config(about: Readonly<Record<string, unknown>>): unknown;
  /** All trained tensors and those added frozen, by our names, from the reference's, whose saved names `read` takes. */
  ours(read: (name: string) => Tensor, backbone: Backbone): Params;
}

const random = seededRandom(0);

/** Compares a method with a reference implementation on a small random backbone: forward, gradients, one AdamW step, merging. */
export function testReference<Config>(method: PetlMethod<Config>, { family, file, by, config, ours }: Reference): void {
  const about = JSON.parse(readFileSync(`${file}.json`, "utf8"));
  const stored = readSafetensors(`${file}.safetensors`);
  const has = (name: string): boolean => stored.names().includes(name);
  const read = (name: string): Tensor => tf.tensor(stored.read(name), [...stored.info(name).shape]);
  const group = (prefix: string, backbone: Backbone): Params =>
    ours((name) => {
      const own = `${prefix}.${name}`;
      return read(has(own) ? own : `method.${name}`); // a frozen tensor has no gradient, and stays
    }, backbone);

  const backbone = (): BackboneModel => {
    const geometry = family.config.parse(about.config);
    const base = "base.";
    const found = stored.names().flatMap((name) => (name.startsWith(base) ? [name.slice(base.length)] : []));
    const { names } = family.stored(geometry, new Set(found));
    const params = [...names].map(([name, theirs]) => [name, asParameter(read(base + theirs))]);
    return family.build("reference", geometry, Object.fromEntries(params));
  };
  const tuned = (): TunedModel => {
    const model = TunedModel.attach(backbone(), method, method.parse(config(about)), random);
    const values = group("method", model.backbone);
    const tensors = model.tuned;
    expect(Object.keys(values).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, tensor] of Object.entries(tensors)) (tensor as Variable).assign(values[name]!);
    return model;
  };
  const logitsOf = (model: TunedModel): Tensor =>
    model.logits(referenceBatch(stored, model.backbone).inputs, false, random);
  const lossOf = (model: TunedModel): Tensor => model.loss(referenceBatch(stored, model.backbone), random);
  const gradientsOf = (model: TunedModel): Params => valueAndGradients(() => lossOf(model), model.trained).gradients;

  describe(`${method.name} agrees with ${by} in`, () => {
    beforeAll(async () => {
      await openTestDevice();
    });

    test("the trainable count, the logits and the loss", async () => {
      const model = tuned();
      expect(Object.values(model.trained).reduce((sum, { size }) => sum + size, 0)).toBe(about.trainableParameters);
      await expectClose(logitsOf(model), read("logits"), "logits", 1e-5);
      await expectClose(lossOf(model), read("loss"), "loss", 1e-5);
    });

    test("every gradient", async () => {
      const model = tuned();
      const [gradients, expected] = [gradientsOf(model), group("grad", model.backbone)];
      for (const [name, gradient] of Object.entries(gradients))
        await expectClose(gradient, expected[name]!, name, 2e-5);
    });

    test("the weights after one step of AdamW, and the loss they give", async () => {
      const model = tuned();
      const { lr, weight_decay, betas, eps } = about.adamw;
      const optimizer = adamW({ beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay: weight_decay });
      const settings = (name: string): TensorSettings => {
        const { projection } = model.optimizerSettings(name); // the reference's rate is that of the file
        return projection === undefined ? {} : { projection };
      };
      const state = optimizer.init(model.trained, settings);
      const gradients = gradientsOf(model);
      optimizer.update(state, { params: model.trained, gradients, step: 1, learningRate: lr, scale: null, settings });
      const expected = group("after", model.backbone);
      for (const [name, value] of Object.entries(model.trained)) await expectClose(value, expected[name]!, name, 1e-5);
      await expectClose(lossOf(model), read("loss.after"), "loss after the step", 1e-5);
    });

    test.runIf(has("logits.merged"))("the logits of the merged model", async () => {
      const model = tuned();
      const merged = model.attachment.merge!(model.backbone.params, model.params);
      for (const [name, value] of Object.entries(merged)) (model.backbone.params[name] as Variable).assign(value);
      const nothing = { ...method, attach: () => ({ params: {}, unfrozen: [], hooks: new Map() }) };
      const plain = TunedModel.attach(model.backbone, nothing, method.parse({}), random);
      await expectClose(logitsOf(plain), read("logits.merged"), "merged logits", 1e-5);
    });
  });
}

/** Largest difference, of the reference's largest value. */
async function expectClose(found: Tensor, expected: Tensor, what: string, tolerance: number): Promise<void> {
  const [values, reference] = [(await found.data()) as Float32Array, (await expected.data()) as Float32Array];
  expect(values.length, what).toBe(reference.length);
  const difference = largest(values.map((value, index) => value - reference[index]!));
  expect(difference / largest(reference), what).toBeLessThan(tolerance);
}
