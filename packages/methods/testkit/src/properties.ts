import { Pass } from "@petl/backbone";
import type { Activation, PetlMethod } from "@petl/spec";
import { liveBytes, recordedOperations, type Tensor, tf, type Variable, valueAndGradients } from "@petl/tensor";
import { disposeBatch, Trainee, type TunedModel, trainStep } from "@petl/trainer";
import { expect, test } from "vitest";
import {
  copies,
  difference,
  keptRecordings,
  largestGradients,
  logitsOf,
  overfit,
  plainLogits,
  random,
  saveAndReload,
  stepOf,
  twoGradients,
} from "./exercise.js";
import type { TestMethodOptions } from "./options.js";
import { attachForTest, largest, type Stage, testBackbone, testBatch, valuesOf } from "./stage.js";

/** Tests of what every method keeps to on one backbone. */
export function testProperties<Config>(stage: Stage, method: PetlMethod<Config>, options: TestMethodOptions): void {
  const { startsAsIdentity = true, hasZeroGradient = () => false } = options;
  const parsed = (): Config => method.parse(options.config);
  const attach = (seed?: number): TunedModel => attachForTest(stage, method, parsed(), seed);

  const once = test.runIf(stage.isFirst);

  once("the same seed gives the same tensors", async () => {
    const [first, second] = [attach(5), attach(5)];
    expect(await valuesOf(first.params)).toEqual(await valuesOf(second.params));
    free(first, second);
  });

  test("tensor names do not collide, and hooks and reads name real sites", () => {
    free(attach()); // attaching refuses the rest
  });

  test.runIf(startsAsIdentity)("a fresh attachment leaves the backbone's output unchanged, bit for bit", async () => {
    const model = attach();
    const fresh = await logitsOf(model);
    const plain = testBackbone(stage.family, stage.head);
    const unwatched = await plainLogits(plain, []);
    expect(difference(fresh, unwatched) / largest(unwatched)).toBeLessThan(1e-5);
    // a site that is read must exist, such as attention weights, and a device may round a fused product otherwise
    expect(fresh).toEqual(await plainLogits(plain, model.intervention.reads));
    plain.dispose();
    free(model);
  });

  test("hooks keep their site's width and leave the batch alone", async () => {
    const model = attach();
    const widths = new Map(
      model.backbone.sites.map(({ name, kind, width }) => [name, kind === "attention-weights" ? null : width[1]]),
    );
    const checked = new Map(
      [...model.attachment.hooks].map(([name, hook]) => [
        name,
        (output: Activation, input: Activation, context: Parameters<typeof hook>[2]) => {
          const result = hook(output, input, context);
          if (widths.get(name) !== null) expect([name, result.hidden.shape.at(-1)]).toEqual([name, widths.get(name)]);
          expect([name, result.hidden.shape[0]]).toEqual([name, output.hidden.shape[0]]);
          return result;
        },
      ]),
    );
    const context = { params: model.params, training: false, random };
    const intervention = { ...model.intervention, hooks: checked };
    const pass = new Pass(model.backbone, intervention, context, 0);
    const batch = testBatch(model.backbone);
    const logits = model.readout(model.backbone.forward(batch.inputs, pass), pass);
    const [rows, , positions] = batch.inputs.shape;
    expect(logits.shape).toEqual([rows, positions, model.backbone.sites.at(-1)!.width[1]]);
    disposeBatch(batch);
    pass.dispose();
    free(model);
  });

  test("within three steps every trained tensor gets a gradient, and frozen ones stay bitwise the same", async () => {
    const model = attach();
    const ofBackbone = Object.entries(model.backbone.params).filter(([name]) => model.trained[name] === undefined);
    const frozen = { ...Object.fromEntries(ofBackbone), ...model.frozen };
    const before = await copies(frozen);
    const seen = await largestGradients(model, 3);
    expect(await valuesOf(frozen)).toEqual(before);
    const most = Math.max(...Object.values(seen));
    for (const name of Object.keys(model.trained)) {
      expect(seen[name], `${name} is connected to the loss`).toBeDefined();
      if (hasZeroGradient(name, model.backbone)) expect(seen[name]! / most, name).toBeLessThan(1e-6);
      else expect(seen[name], name).toBeGreaterThan(0);
    }
    free(model);
  });

  once("thirty steps on one batch bring its loss down", async () => {
    const model = attach();
    const [first, last] = await overfit(model, 30);
    expect(last).toBeLessThan(0.9 * first);
    free(model);
  });

  once("recomputed activations change neither loss nor gradients, bit for bit", async () => {
    const [plain, recomputed] = await Promise.all(
      [false, true].map(async (recompute) => {
        const model = attachForTest(stage, method, parsed(), 3, { dropout: 0.1, recompute });
        const results = await twoGradients(model);
        free(model);
        return results;
      }),
    );
    expect(recomputed).toEqual(plain);
  });

  once("nothing before the derived gradient start is recorded", () => {
    const model = attach();
    const order = new Map(model.backbone.sites.map(({ name }, index) => [name, index]));
    const recorded = new Map<string, number>();
    class ObservedPass extends Pass {
      override at(name: string, input: Activation, compute: (input: Activation) => Activation): Activation {
        const output = super.at(name, input, compute);
        recorded.set(name, recordedOperations());
        return output;
      }
    }
    const batch = testBatch(model.backbone);
    const { value, gradients } = valueAndGradients(() => {
      const context = { params: model.params, training: true, random };
      const pass = new ObservedPass(model.backbone, model.intervention, context, 0);
      const state = model.backbone.forward(batch.inputs, pass);
      const loss = tf.mean(model.readout(state, pass));
      pass.dispose();
      return loss;
    }, model.trained);
    tf.dispose([value, gradients as Record<string, Tensor>]);
    disposeBatch(batch);
    const { readoutSites } = model.backbone;
    const early = [...recorded].filter(
      ([name, count]) => !readoutSites.includes(name) && order.get(name)! < model.gradientStart && count > 0,
    );
    expect(early).toEqual([]);
    expect(recorded.size).toBeGreaterThan(0);
    free(model);
  });

  test("a step reads the same from an activation cache, whatever stands behind the real tokens", async () => {
    const model = attach();
    if (model.gradientStart < model.backbone.sites.length) return free(model); // nothing of it can be kept
    await largestGradients(model, 2);
    expect(await stepOf(model, await keptRecordings(model))).toEqual(await stepOf(model, null));
    free(model);
  });

  once(
    "an update changes what it says it trains, keeps moments of that alone, and goes on where a process stopped",
    async () => {
      const model = attach();
      if (model.attachment.trainedIn === undefined) return free(model); // it trains everything, always
      const run = async (trained: TunedModel, stop: number | null) => {
        const seen = [];
        let trainee = new Trainee(trained);
        for (let step = 1; step <= movingSteps; step++) {
          const before = await copies(trained.trained);
          const batch = testBatch(trained.backbone);
          const settings = { step, learningRate: 1e-2, clipNorm: 1 };
          tf.dispose(trainStep(trainee, batch, settings, random.fork(step)).loss);
          disposeBatch(batch);
          const after = await copies(trained.trained);
          const changed = Object.keys(after).filter((name) => difference(after[name]!, before[name]!) > 0);
          const kept = new Set(Object.keys(trainee.state).map((name) => name.replace(/\.(mean|variance)$/, "")));
          seen.push({ changed: changed.sort(), kept: [...kept].sort(), after });
          if (step !== stop) continue;
          const state = await copies(trainee.state);
          trainee.dispose();
          trainee = new Trainee(trained, undefined, step);
          expect(Object.keys(trainee.state).sort()).toEqual(Object.keys(state).sort());
          for (const [name, tensor] of Object.entries(trainee.state))
            (tensor as Variable).assign(tf.tensor(state[name]!, tensor.shape));
        }
        trainee.dispose();
        return seen;
      };
      const whole = await run(model, null);
      for (const [index, { changed, kept }] of whole.entries()) {
        expect(changed).toEqual(Object.keys(model.trainedIn(index + 1)).sort());
        expect(kept).toEqual(changed);
      }
      expect(new Set(whole.map(({ changed }) => changed.join())).size).toBeGreaterThan(1);
      const again = attach();
      expect(await run(again, 2)).toEqual(whole);
      free(model, again);
    },
  );

  once("a step leaves no live byte behind", async () => {
    const model = attach();
    const after: number[] = [];
    await largestGradients(model, 3, () => after.push(liveBytes().total));
    expect(after[2]).toBe(after[1]);
    free(model);
  });

  test("merged weights give the same logits, and merging twice is merging once", async () => {
    const model = attach();
    const { merge } = model.attachment;
    if (merge === undefined) return free(model);
    await largestGradients(model, 3);
    const trained = await logitsOf(model);
    const [once, twice] = [merge(model.backbone.params, model.params), merge(model.backbone.params, model.params)];
    expect(await valuesOf(once)).toEqual(await valuesOf(twice));
    for (const [name, value] of Object.entries(once)) (model.backbone.params[name] as Variable).assign(value);
    const merged = await plainLogits(model.backbone, []);
    expect(difference(merged, trained) / largest(trained)).toBeLessThan(1e-4);
    free(model);
  });

  test("saved and reloaded tensors give the same logits", async () => {
    const model = attach();
    await largestGradients(model, 2);
    const reloaded = await saveAndReload(model, attach(99));
    expect(await logitsOf(reloaded)).toEqual(await logitsOf(model));
    free(model, reloaded);
  });
}

/** Enough for a method under test to train something else; its settings must be such. */
const movingSteps = 6;

function free(...models: readonly TunedModel[]): void {
  for (const model of models) {
    model.dispose();
    model.backbone.dispose();
  }
}
