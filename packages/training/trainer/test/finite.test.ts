import { NotFiniteError } from "@petl/backbone";
import type { T5 } from "@petl/family-t5";
import { liveBytes, seededRandom, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { type Answering, DivergedError, evaluate, type TrainEvent, TunedModel, train } from "../src/index.js";
import { everything, openDevice, toyBackbone, toySettings, toyTask, yesOrNo } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

/** The toy backbone with one value of a tensor replaced. */
async function damaged(name: string, value: number): Promise<T5> {
  const backbone = toyBackbone();
  await spoil(backbone, name, value);
  return backbone;
}

async function spoil(backbone: T5, name: string, value: number): Promise<void> {
  const tensor = backbone.param(name);
  const values = Float32Array.from(await tensor.data());
  values[0] = value;
  (tensor as ReturnType<typeof tf.variable>).assign(tf.tensor(values, tensor.shape));
}

const trainOn = (
  backbone: T5,
  changes: Parameters<typeof toySettings>[0],
  onEvent = (_: TrainEvent): void => {},
  answering: Answering = yesOrNo,
) => {
  const [task, settings] = [toyTask(192, 37, answering), toySettings(changes)];
  return train({ backbone, method: everything, config: null, task, settings, onEvent });
};

const attached = (backbone: T5): TunedModel => TunedModel.attach(backbone, everything, null, seededRandom(0));

describe("a run with figures that are not finite fails where they arise", () => {
  test.each(["trie", "free"] as const)("N4: NaN logits in an evaluation, scoring %s", async (scoring) => {
    const scored = evaluate(
      attached(await damaged("decoder.norm.weight", Number.NaN)),
      toyTask(192, 37, { ...yesOrNo, scoring }),
      toySettings(),
      {
        step: 12,
      },
    );
    await expect(scored).rejects.toThrow(NotFiniteError);
    await expect(scored).rejects.toThrow(
      /^evaluation after step 12: expected finite logits.*got NaN; training diverged/,
    );
  });

  test.each([
    "encoder.0.attention.key",
    "encoder.0.attention.query",
    "decoder.0.crossAttention.key",
    "encoder.0.feedforward.input",
  ])("N4: a NaN in %s is not lost on the way to the logits", async (part) => {
    const backbone = toyBackbone();
    const name = Object.keys(backbone.params).find(
      (each) => each.startsWith(part) || each.startsWith(part.replace("feedforward.input", "feedforward")),
    );
    expect(name, Object.keys(backbone.params).join(" ")).toBeDefined();
    await spoil(backbone, name!, Number.NaN);
    await expect(evaluate(attached(backbone), toyTask(), toySettings())).rejects.toThrow(/evaluation after step 0/);
  });

  test("N4: with steps 0, where no update was made, the learning rate is not blamed", async () => {
    const failed = trainOn(await damaged("decoder.norm.weight", Number.POSITIVE_INFINITY), { steps: 0 });
    await expect(failed).rejects.toThrow(
      /after step 0: expected finite values of the trained tensor "decoder.norm.weight"/,
    );
    await expect(failed).rejects.not.toThrow("learning-rate");
  });

  test("N5: parameters after the last update, by name", async () => {
    const backbone = toyBackbone();
    const failed = trainOn(backbone, { steps: 2, evalEvery: 1 }, (event) => {
      if (event.type === "evaluation" && event.step === 2) {
        const bias = backbone.param("encoder.norm.weight") as ReturnType<typeof tf.variable>;
        bias.assign(tf.fill(bias.shape, Number.NaN));
      }
    });
    await expect(failed).rejects.toMatchObject({ code: "E_NOT_FINITE", place: "after step 2" });
    await expect(failed).rejects.toThrow('"encoder.norm.weight"');
  });

  test("N5: an update that diverges as the last one does not complete", async () => {
    const events: TrainEvent[] = [];
    const changes = { steps: 1, learningRate: 1e38, clipNorm: null, warmupSteps: 0 };
    await expect(trainOn(toyBackbone(), changes, (event) => events.push(event))).rejects.toThrow(NotFiniteError);
    expect(events.some(({ type }) => type === "scored")).toBe(false);
  });

  test("R8: a loss that is not finite before any update does not blame the learning rate", async () => {
    const failed = trainOn(await damaged("decoder.norm.weight", Number.NaN), { steps: 2 });
    await expect(failed).rejects.toThrow(DivergedError);
    await expect(failed).rejects.toThrow(/^step 1: expected a finite loss, got NaN before any update/);
    await expect(failed).rejects.not.toThrow("lower --learning-rate");
  });

  test("the checks leave no tensor behind", async () => {
    const before = [liveBytes().total, tf.memory().numTensors];
    const backbone = toyBackbone();
    const { model } = await trainOn(backbone, { epochs: 1 }, undefined, { ...yesOrNo, scoring: "free" });
    model.dispose();
    backbone.dispose();
    expect([liveBytes().total, tf.memory().numTensors]).toEqual(before);
  });
});
