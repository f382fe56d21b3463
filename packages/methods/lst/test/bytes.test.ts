import { placeholderRecordings } from "@petl/activation-cache";
import cpu from "@petl/device-cpu";
import plan from "@petl/device-plan";
import bert from "@petl/family-bert";
import llama from "@petl/family-llama";
import { attachForTest } from "@petl/method-testkit";
import { type ByteSplit, type DeviceProvider, peakBytes, resetPeakBytes } from "@petl/tensor";
import { counts, defaultSettings, rehearseEvaluation, rehearseUpdate, Trainee } from "@petl/trainer";
import { afterEach, expect, test } from "vitest";
import lst from "../src/index.js";

const classes = { kind: "classes", outputs: 3 } as const;
const settings = { ...defaultSettings, batchSize: 3, maxLength: 12, maxTargetLength: 4 };
const row = { source: new Array<number>(12).fill(1), answer: new Array<number>(3).fill(1) };

let close = async (): Promise<void> => {};
afterEach(() => close());

async function open(device: DeviceProvider): Promise<void> {
  await close();
  const opened = await device.open();
  close = () => opened.close();
}

/** Peaks of a training step, the same from the activation cache, and of an evaluation batch. */
async function peaks(device: DeviceProvider, stage: Parameters<typeof attachForTest>[0]): Promise<ByteSplit[]> {
  await open(device);
  const model = attachForTest(stage, lst, lst.parse({ dropout: 0.1 }));
  const trainee = new Trainee(model);
  const { headTask } = model.backbone;
  const ofRow = { ...row, answer: headTask === null ? row.answer : [] };
  const measured = [
    () => rehearseUpdate(trainee, settings),
    () => rehearseUpdate(trainee, settings, (examples) => placeholderRecordings(model, examples, ofRow)),
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
}

test.each([
  ["an encoder", { family: bert, head: classes }],
  ["a decoder that writes", { family: llama, head: null }],
  ["a decoder with a head", { family: llama, head: classes }],
] as const)("the plan device counts the bytes of the CPU device, on %s", async (_, stage) => {
  const planned = await peaks(plan, stage);
  expect(planned).toEqual(await peaks(cpu, stage));
});

test.each([
  ["MiniLM-L6", bert, "minilm-l6", 224_308],
  ["SmolLM2-135M", llama, "smollm2-135m", 2_217_334],
] as const)("%s: trainable parameters beside the head's", async (_, family, name, expected) => {
  await open(plan);
  const geometry = family.geometries[name] as never;
  const model = attachForTest(
    { family: { ...family, testConfig: geometry } as never, head: classes },
    lst,
    lst.parse({}),
  );
  const { trainableParams, headParams, backwardLayers } = counts(model);
  expect([trainableParams - headParams, backwardLayers]).toEqual([expected, 0]);
});
