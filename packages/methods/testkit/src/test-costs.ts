import { placeholderRecordings } from "@petl/activation-cache";
import type { Family } from "@petl/backbone";
import cpu from "@petl/device-cpu";
import plan from "@petl/device-plan";
import type { PetlMethod } from "@petl/spec";
import { type ByteSplit, type DeviceProvider, peakBytes, resetPeakBytes } from "@petl/tensor";
import { counts, defaultSettings, rehearseEvaluation, rehearseUpdate, Trainee } from "@petl/trainer";
import { afterAll, describe, expect, test } from "vitest";
import { attachForTest, type Stage, stages } from "./stage.js";

/** What a method costs on published geometries. */
export interface Costs {
  /** Settings of the byte comparison, as a user would write them. */
  readonly config?: unknown;
  /** Trained parameters without a head's, and layers that a step goes back through, with default settings. */
  readonly published: readonly (readonly [family: Family, geometry: string, trained: number, backward: number])[];
}

const settings = { ...defaultSettings, batchSize: 3, maxLength: 12, maxTargetLength: 4 };
const row = { source: new Array<number>(12).fill(1), answer: new Array<number>(3).fill(1) };

/** Tests that forecasts of a method's bytes are those of the CPU device, on every family, and its exact counts. */
export function testCosts<Config>(method: PetlMethod<Config>, { config, published }: Costs): void {
  let close = async (): Promise<void> => {};
  const open = async (device: DeviceProvider): Promise<void> => {
    await close();
    const opened = await device.open();
    close = () => opened.close();
  };
  afterAll(() => close());

  /** Peaks of a training step, of the same from the activation cache where there is one, and of an evaluation batch. */
  const peaks = async (device: DeviceProvider, stage: Stage): Promise<ByteSplit[]> => {
    await open(device);
    const model = attachForTest(stage, method, method.parse(config));
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
    test.each(stages)("the plan device counts the bytes of the CPU device on $title", async (stage) => {
      const planned = await peaks(plan, stage);
      expect(planned).toEqual(await peaks(cpu, stage));
    });

    test.each(published)(
      "%s: %s trains the parameters that its equations say",
      async (family, geometry, trained, backward) => {
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
