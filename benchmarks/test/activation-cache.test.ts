import type { CacheBudget } from "@petl/activation-cache";
import cpu from "@petl/device-cpu";
import { geometries, initialise, T5 } from "@petl/family-t5";
import lst from "@petl/method-lst";
import read from "@petl/method-read";
import type { PetlMethod } from "@petl/spec";
import { type Device, seededRandom } from "@petl/tensor";
import { defaultSettings, type TaskData, type TrainEvent, train } from "@petl/trainer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let device: Device;
beforeAll(async () => {
  device = await cpu.open({ kernels: "wasm" }); // with a host's BLAS rows depend on each other in their last bits
});
afterAll(() => device.close());

const geometry = { ...geometries["t5-tiny"]!, vocabularySize: 61 };

/** Examples of 3 to 20 tokens whose label is whether token 5 or 6 stands among them. */
function task(): TaskData {
  const random = seededRandom(5);
  const examples = Array.from({ length: 88 }, () => {
    const [label, extra] = random.integers(2, 2);
    const noise = random.integers(2 + Math.floor(8 * random.integers(1, 3)[0]!), 50).map((id) => 10 + id);
    return { source: [...noise, 5 + label!, 1], target: [2, 3 + label!, ...(extra ? [9] : []), 1], label: label! };
  });
  const dev = examples.slice(64);
  return {
    name: "toy",
    train: examples.slice(0, 64),
    evaluations: [{ name: "dev", examples: dev, references: dev.map(({ label }) => label) }],
    answering: {
      scoring: "trie",
      labels: [
        { text: "yes", ids: [2, 3, 1] },
        { text: "no", ids: [2, 4, 1] },
      ],
      parse: (text) => ["yes", "no"].indexOf(text),
      decode: String,
    },
    loss: () => null,
    score([predictions]) {
      const right = predictions!.filter((label, index) => label === dev[index]!.label).length;
      return { score: right, metrics: {}, invalid: 0, notices: [] };
    },
    ...{ interval: () => ({ low: 0, high: 100, level: 0, resamples: 0 }), constant: () => ({ answer: "", score: 0 }) }, // nothing here reads them
    test: null,
  };
}

/** Losses, final weights and scores, and backbone forwards of each epoch. `bucketing` off: paddings vary as much as they can. */
async function run(method: PetlMethod, mode: "auto" | "off", budget: Partial<CacheBudget> | null = null) {
  const events: TrainEvent[] = [];
  const backbone = new T5("toy", geometry, initialise(geometry, seededRandom(7), 1));
  const { model, evaluations } = await train({
    ...{ backbone, method, task: task(), cache: { mode, budget, device } },
    config: method.parse({}),
    settings: { ...defaultSettings, epochs: 4, batchSize: 7, learningRate: 1e-3, bucketing: false },
    onEvent: (event) => events.push(event),
  });
  const steps = events.filter((event) => event.type === "step");
  const weights = Object.entries(model.trained).map(([name, tensor]) => [name, [...tensor.dataSync()]]);
  return {
    losses: steps.map(({ loss }) => loss),
    weights: Object.fromEntries(weights) as Record<string, number[]>,
    scores: evaluations.map(({ score }) => score),
    forwards: [1, 2, 3, 4].map((epoch) =>
      steps.reduce((sum, step) => sum + (step.epoch === epoch ? step.backboneForwards : 0), 0),
    ),
    figures: events.filter((event) => event.type === "cache").at(-1)!.figures,
  };
}

describe.each([read, lst] as PetlMethod[])("training $name with the activation cache", (method) => {
  test("gives bitwise the losses, final weights and scores of training without, whole and in part", async () => {
    const without = await run(method, "off");
    const whole = await run(method, "auto");
    const part = await run(method, "auto", { memoryBytes: Math.floor(whole.figures!.memoryBytes / 2) });
    expect(without.forwards).toEqual([64, 64, 64, 64]);
    expect(whole.forwards).toEqual([64, 0, 0, 0]);
    expect(part.forwards[3]).toBeGreaterThan(0);
    expect(part.forwards[3]).toBeLessThan(64);
    for (const { losses, weights, scores } of [whole, part])
      expect({ losses, weights, scores }).toEqual({
        losses: without.losses,
        weights: without.weights,
        scores: without.scores,
      });
    expect(without.losses.at(-1)).toBeLessThan(without.losses[0]!);
  });
});
