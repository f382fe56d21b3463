import { placeholderRecordings } from "@petl/activation-cache";
import { type BackboneModel, type Family, weightKeeper } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import plan from "@petl/device-plan";
import type { PetlMethod } from "@petl/spec";
import { type ByteSplit, type DeviceProvider, peakBytes, resetPeakBytes, seededRandom } from "@petl/tensor";
import { counts, defaultSettings, rehearseEvaluation, rehearseUpdate, Trainee, TunedModel } from "@petl/trainer";
import { afterAll, describe, expect, test } from "vitest";
import type { TestMethodOptions } from "./options.js";
import { attachForTest, kindOf, type Stage, stages } from "./stage.js";

/** What a method costs on published geometries. */
export interface Costs {
  /** Settings of the byte comparison, as a user would write them. */
  readonly config?: unknown;
  /** Kinds of backbones that it attaches to, all by default. */
  readonly kinds?: TestMethodOptions["kinds"];
  /** Trained parameters without a head's, and layers that a step goes back through, with default settings. */
  readonly published: readonly (readonly [geometry: string, family: Family, trained: number, backward: number])[];
}

type Dtype = "f32" | "nf4";
const dtypes: readonly Dtype[] = ["f32", "nf4"];
const settings = { ...defaultSettings, batchSize: 3, maxLength: 12, maxTargetLength: 4 };
const row = { source: new Array<number>(12).fill(1), answer: new Array<number>(3).fill(1) };

/**
 * Tests that forecasts of a method's bytes are those of the CPU device, on every family, with frozen weights in float32 and in 4 bits, and
 * its exact counts.
 */
export function testCosts<Config>(method: PetlMethod<Config>, { config, kinds, published }: Costs): void {
  let close = async (): Promise<void> => {};
  const open = async (device: DeviceProvider): Promise<void> => {
    await close();
    const opened = await device.open();
    close = () => opened.close();
  };
  afterAll(() => close());

  /** Peaks of a training step, of the same from the activation cache where there is one, and of an evaluation batch. */
  const peaks = async (device: DeviceProvider, stage: Stage, dtype: Dtype): Promise<ByteSplit[]> => {
    await open(device);
    const model = TunedModel.attach(backboneIn(dtype, stage), method, method.parse(config), seededRandom(3));
    const trainee = new Trainee(model);
    const ofRow = { ...row, answer: model.backbone.headTask === null ? row.answer : [] };
    const isCached = model.gradientStart === model.backbone.sites.length;
    const measured = [
      () => rehearseUpdate(trainee, settings),
      ...(isCached
        ? [() => rehearseUpdate(trainee, settings, (examples) => placeholderRecordings(model, examples, ofRow))]
        : []),
      () => rehearseEvaluation(trainee, settings),
    ].map((rehearse) => {
      resetPeakBytes();
      rehearse();
      return peakBytes();
    });
    trainee.dispose();
    model.dispose();
    model.backbone.dispose();
    return measured;
  };

  describe(`what ${method.name} costs`, () => {
    const attached = stages.filter(({ family }) => kinds?.includes(kindOf(family)) ?? true);
    const arms = attached.flatMap((stage) => dtypes.map((dtype) => ({ stage, dtype, title: stage.title })));
    test.each(arms)(
      "the plan device counts the bytes of the CPU device on $title in $dtype",
      async ({ stage, dtype }) => {
        const planned = await peaks(plan, stage, dtype);
        expect(planned).toEqual(await peaks(cpu, stage, dtype));
      },
    );

    test.each(published)(
      "on %s trains the parameters that its equations have",
      async (geometry, family, trained, backward) => {
        await open(plan);
        const config = family.geometries[geometry];
        const isEncoder = family.build(family.name, family.testConfig, {}).kind === "encoder";
        const head = isEncoder ? ({ kind: "classes", outputs: 3 } as const) : null;
        const model = attachForTest(
          { family: { ...family, testConfig: config } as Family, head },
          method,
          method.parse({}),
        );
        const { trainableParams, headParams, backwardLayers } = counts(model);
        expect([trainableParams - headParams, backwardLayers]).toEqual([trained, backward]);
        model.dispose();
        model.backbone.dispose();
      },
    );
  });
}

/** A family's tiny backbone with its frozen weights stored so. */
function backboneIn(dtype: Dtype, { family, head }: Stage): BackboneModel {
  const { testConfig } = family;
  const { drawn } = weightKeeper(family, testConfig, { dtype, unfrozen: new Set() });
  const params = family.initialise(testConfig, seededRandom(7), "frozen", drawn);
  const backbone = family.build(`${family.name}-test`, testConfig, params);
  return head === null ? backbone : backbone.withHead(head, seededRandom(8));
}
