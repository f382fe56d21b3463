import { AttachmentError } from "@petl/spec";
import { liveBytes, seededRandom, tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { DivergedError, predict, type TrainEvent, TunedModel, train } from "../src/index.js";
import { closingNorm, everything, openDevice, toyBackbone, toySettings, toyTask, yesOrNo } from "./toy-task.js";

beforeAll(async () => {
  await openDevice();
});

const losses = (events: readonly TrainEvent[]): number[] =>
  events.flatMap((event) => (event.type === "step" ? [event.loss!] : []));

async function run(changes: Parameters<typeof toySettings>[0] = {}, method = everything) {
  const events: TrainEvent[] = [];
  const backbone = toyBackbone();
  const result = await train({
    backbone,
    method,
    config: null,
    task: toyTask(),
    settings: toySettings(changes),
    onEvent: (event) => events.push(event),
  });
  return { ...result, backbone, events };
}

describe("training", () => {
  test("learns a learnable task", async () => {
    const { evaluations, events } = await run({ epochs: 20, learningRate: 5e-3 });
    expect(losses(events).at(-1)).toBeLessThan(losses(events)[0]! / 3);
    expect(evaluations.at(-1)!.score).toBeGreaterThan(90);
  });

  test("gives bitwise the same losses for the same seed, and others for another", async () => {
    const [first, again, other] = [await run(), await run(), await run({ seed: 1 })];
    expect(losses(again.events)).toEqual(losses(first.events));
    expect(losses(other.events)).not.toEqual(losses(first.events));
  });

  test("label smoothing raises the loss that a confident model can reach, and still learns", async () => {
    const settings = { epochs: 20, learningRate: 5e-3 };
    const { evaluations, events } = await run({ ...settings, labelSmoothing: 0.1 });
    const plain = await run(settings);
    expect(losses(events).at(-1)).toBeGreaterThan(2 * losses(plain.events).at(-1)!);
    expect(evaluations.at(-1)!.score).toBeGreaterThan(90);
  });

  test("says once, after the last window, how far the best score hangs on the examples", async () => {
    const { events } = await run({ epochs: 3 });
    const said = events.filter(({ type }) => type === "scored");
    expect(said).toHaveLength(1);
    expect(events.at(-1)).toBe(said[0]);
    expect(said[0]).toMatchObject({ interval: { resamples: 1, low: expect.any(Number) } });
  });

  test("says the groups of the examples with their answers, where there are any", async () => {
    const groups = Array.from({ length: 37 }, (_, row) => row >> 1);
    const task = toyTask();
    const grouped = { ...task, evaluations: task.evaluations.map((each) => ({ ...each, groups })) };
    const answersOf = async (given: typeof task) => {
      const events: TrainEvent[] = [];
      await train({
        ...{ backbone: toyBackbone(), method: closingNorm, config: null, task: given },
        settings: toySettings({ steps: 0 }),
        onEvent: (event) => events.push(event),
      });
      return events.flatMap((event) => (event.type === "scored" ? event.answers : []));
    };
    expect(await answersOf(grouped)).toMatchObject([{ split: "dev", groups }]);
    expect((await answersOf(task)).map((answers) => "groups" in answers)).toEqual([false]);
  });

  test("leaves frozen weights bitwise unchanged", async () => {
    const fresh = toyBackbone();
    const { backbone } = await run({}, closingNorm);
    for (const [name, tensor] of Object.entries(fresh.params)) {
      const same = (await backbone.param(name).data()).every((value, index) => value === tensor.dataSync()[index]);
      expect([name, same]).toEqual([name, name !== "decoder.norm.weight"]);
    }
  });

  test("leaves no tensor behind but the model", async () => {
    const before = [liveBytes().total, tf.memory().numTensors];
    const { model, backbone } = await run({ epochs: 1 });
    model.dispose();
    backbone.dispose();
    expect([liveBytes().total, tf.memory().numTensors]).toEqual(before);
  });

  test("evaluates once an epoch, or as often as asked, and always at the end", async () => {
    const at = async (changes: Parameters<typeof toySettings>[0]) =>
      (await run(changes)).evaluations.map(({ step }) => step);
    expect(await at({ epochs: 2 })).toEqual([12, 24]);
    expect(await at({ steps: 7, evalEvery: 3 })).toEqual([3, 6, 7]);
  });

  test("pairs its windows and keeps evaluation out of training", async () => {
    const { events } = await run();
    const windows = events.flatMap((event) => (event.type === "window" ? [`${event.window} ${event.edge}`] : []));
    const cycle = ["training begin", "training end", "evaluation begin", "evaluation end"];
    expect(windows).toEqual([...cycle, ...cycle]);
  });

  test("ends when as many evaluations as its patience brought no better score", async () => {
    const { evaluations, events } = await run({ epochs: 40, patience: 3, learningRate: 5e-3 });
    const scores = evaluations.map(({ score }) => score);
    const best = scores.indexOf(Math.max(...scores));
    expect(scores.length).toBe(best + 4);
    expect(scores.length).toBeLessThan(40);
    expect(events.filter(({ type }) => type === "epoch")).toHaveLength(scores.length);
  });

  test("ends by its patience within an epoch, but not before every example was seen since the best score", async () => {
    const { evaluations, events } = await run({ epochs: 40, patience: 1, evalEvery: 5, learningRate: 0 });
    expect(evaluations.map(({ step }) => step)).toEqual([5, 10, 15, 20]);
    expect(events.filter(({ type }) => type === "epoch")).toHaveLength(2);
  });

  test("marks the end of each epoch before its evaluation, also of one that is cut short", async () => {
    const { events } = await run({ steps: 18, evalEvery: 100 });
    const marks = events.flatMap(({ type }) => (type === "epoch" || type === "evaluation" ? [type] : []));
    expect(marks).toEqual(["epoch", "epoch", "evaluation"]);
    const at = events.flatMap((event, index) => (event.type === "epoch" ? [events[index - 1]!] : []));
    expect(at.map((event) => event.type === "step" && event.step)).toEqual([12, 18]);
  });

  test("with no step to make, evaluates the model once as it was attached", async () => {
    const { events, evaluations, model, backbone } = await run({ steps: 0 });
    const names = events.map((event) => (event.type === "window" ? `${event.window} ${event.edge}` : event.type));
    expect(names).toEqual([
      ...["attached", "cache", "evaluation begin", "evaluation", "evaluation end", "memory", "scored"],
    ]);
    expect(evaluations).toMatchObject([{ step: 0, epoch: 0, examples: 37 }]);
    const fresh = toyBackbone();
    for (const [name, tensor] of Object.entries(model.trained))
      expect(await tensor.data()).toEqual(await fresh.param(name).data());
    const settings = { evalBatchSize: 64, maxTargetLength: 8 };
    const task = toyTask();
    const { answers } = await predict(model, task.answering, task.evaluations[0]!.examples, settings);
    expect(evaluations[0]!.score).toBe(task.score([answers.map(({ text }) => yesOrNo.parse(text!))]).score);
    backbone.dispose();
    fresh.dispose();
  });

  test("stops between two updates when told to", async () => {
    const controller = new AbortController();
    const steps: number[] = [];
    const training = train({
      backbone: toyBackbone(),
      method: everything,
      config: null,
      task: toyTask(),
      settings: toySettings(),
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === "step" && steps.push(event.step) === 3) controller.abort(new Error("enough"));
      },
    });
    await expect(training).rejects.toThrow("enough");
    expect(steps).toEqual([1, 2, 3]);
  });

  test("reports a loss that is not a number as diverged", async () => {
    await expect(run({ learningRate: 1e30, clipNorm: null, warmupSteps: 0 })).rejects.toThrow(DivergedError);
  });

  test("refuses an attachment that names what the backbone has not", () => {
    const attach = (attachment: Partial<ReturnType<typeof everything.attach>>) => () =>
      TunedModel.attach(
        toyBackbone(),
        { ...everything, attach: () => ({ params: {}, unfrozen: [], hooks: new Map(), ...attachment }) },
        null,
        seededRandom(0),
      );
    expect(attach({ unfrozen: ["no.such.weight"] })).toThrow(AttachmentError);
    expect(attach({ hooks: new Map([["encoder.9", (output) => output]]) })).toThrow("encoder.9");
    expect(attach({ params: { "shared.weight": tf.zeros([1]) } })).toThrow("shared.weight");
  });
});

describe("prediction", () => {
  test.each(["trie", "likelihood", "free"] as const)(
    "does not depend on the batch size (scoring %s)",
    async (scoring) => {
      const { model } = await run({ epochs: 1 });
      const examples = toyTask().evaluations[0]!.examples;
      const answering = { ...yesOrNo, scoring };
      const all = [];
      for (const evalBatchSize of [1, 7, 64])
        all.push((await predict(model, answering, examples, { evalBatchSize, maxTargetLength: 4 })).answers);
      expect(all[1]).toEqual(all[0]);
      expect(all[2]).toEqual(all[0]);
    },
  );

  test("over the trie always gives a valid answer, and the one free decoding gives where that is valid", async () => {
    const { model } = await run({ epochs: 3 });
    const examples = toyTask().evaluations[0]!.examples;
    const settings = { evalBatchSize: 16, maxTargetLength: 4 };
    const texts = async (scoring: "trie" | "free") => {
      const { answers } = await predict(model, { ...yesOrNo, scoring }, examples, settings);
      return answers.map(({ text }) => text!);
    };
    const [trie, free] = [await texts("trie"), await texts("free")];
    for (const [index, text] of trie.entries()) {
      expect(["yes", "no"]).toContain(text);
      if (yesOrNo.parse(free[index]!) !== undefined) expect(text).toBe(free[index]);
    }
  });
});
