import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheSettings } from "@petl/activation-cache";
import cpu from "@petl/device-cpu";
import type { Device } from "@petl/tensor";
import { liveBytes, tf } from "@petl/tensor";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TaskData, type TrainEvent, train } from "../src/index.js";
import { sideMethod } from "./side-method.js";
import { closingNorm, everything, toyBackbone, toySettings, toyTask, yesOrNo } from "./toy-task.js";

let device: Device;
beforeAll(async () => {
  device = await cpu.open({ kernels: "wasm" });
});
afterAll(() => device.close());

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "petl-cache-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Changes = Parameters<typeof toySettings>[0];

/** A run of 3 epochs over 96 examples: losses, scores, final weights, and what the cache said at last. */
async function run(
  cache: Partial<CacheSettings>,
  changes: Changes = {},
  method = sideMethod,
  task: TaskData = toyTask(96),
) {
  const events: TrainEvent[] = [];
  const backbone = toyBackbone();
  const { model, evaluations } = await train({
    backbone,
    method,
    config: null,
    task,
    settings: toySettings({ epochs: 3, ...changes }),
    cache: { device, ...cache },
    onEvent: (event) => events.push(event),
  });
  const steps = events.filter((event) => event.type === "step");
  const weights = Object.entries(model.trained).map(([name, tensor]) => [name, [...tensor.dataSync()]] as const);
  const { figures, reason } = events.filter((event) => event.type === "cache").at(-1)!;
  model.dispose();
  backbone.dispose();
  return {
    result: {
      losses: steps.map(({ loss }) => loss),
      weights: Object.fromEntries(weights),
      scores: evaluations.map(({ score, metrics }) => [score, metrics]),
    },
    forwards: [1, 2, 3].map((epoch) =>
      steps.filter((step) => step.epoch === epoch).reduce((sum, step) => sum + step.backboneForwards, 0),
    ),
    evaluationForwards: evaluations.map(({ backboneForwards }) => backboneForwards),
    peaks: events.flatMap((event) => (event.type === "memory" ? [event.peak.total] : [])),
    warnings: events.flatMap((event) => (event.type === "warning" ? [event.message] : [])),
    ...{ figures, reason },
  };
}

const budget = (memoryBytes: number, diskBytes = 0) => ({ budget: { memoryBytes, diskBytes } });

describe("a run with the activation cache", () => {
  test("runs the backbone once for each example, and gives bitwise the losses, weights and scores of one without", async () => {
    const without = await run({ mode: "off" });
    const cached = await run({});
    expect(without.forwards).toEqual([96, 96, 96]);
    expect(without.evaluationForwards).toEqual([37, 37, 37]);
    expect([cached.forwards, cached.evaluationForwards]).toEqual([
      [96, 0, 0],
      [37, 0, 0],
    ]);
    expect(cached.result).toEqual(without.result);
    expect(new Set(without.result.scores.flat()).size).toBeGreaterThan(2); // the model did learn something on the way
  });

  test("does so where only a part of the examples fits", async () => {
    const whole = await run({});
    const held = whole.figures!.memoryBytes;
    const part = await run(budget(Math.floor(held / 3)));
    expect(part.forwards[1]).toBeGreaterThan(0);
    expect(part.forwards[1]).toBeLessThan(96);
    expect(part.figures!.examplesCovered).toBeLessThan(part.figures!.examples);
    expect(part.figures!.memoryBytes).toBeLessThanOrEqual(part.figures!.memoryBudgetBytes);
    expect(part.result).toEqual(whole.result);
  });

  test("does so from disk, read ahead, and leaves no file behind", async () => {
    const without = await run({ mode: "off" });
    const cached = await run({ directory, ...budget(0, 1e9) });
    expect([cached.forwards, cached.evaluationForwards]).toEqual([
      [96, 0, 0],
      [37, 0, 0],
    ]);
    expect(cached.result).toEqual(without.result);
    expect(cached.figures!.memoryBytes).toBe(0);
    expect(cached.figures!.diskBytes).toBeGreaterThan(1e5);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("shares it with the next run, where that is asked for", async () => {
    const first = await run({ directory, isShared: true, ...budget(1e9, 1e9) });
    const second = await run({ directory, isShared: true, ...budget(1e9, 1e9) });
    expect([first.figures!.inherited, second.figures!.inherited]).toEqual([0, 96 + 37]);
    expect([second.forwards, second.evaluationForwards]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(second.result).toEqual(first.result);
  });

  test("does not share it with another backbone, other reads or other kernels", async () => {
    const shared = { directory, isShared: true, ...budget(1e9, 1e9) };
    await run(shared);
    const others = [
      await run({ ...shared, device: { name: "cpu", details: { ...device.details, simd: "other" } } }),
      await run(shared, {}, closingNorm),
    ];
    expect(others.map(({ figures }) => figures!.inherited)).toEqual([0, 0]);
    expect(readdirSync(directory)).toHaveLength(3);
  });

  test("holds it beside tensor memory, whose peak does not grow with it", async () => {
    const without = await run({ mode: "off" });
    const cached = await run({});
    expect(cached.figures!.memoryBytes).toBeGreaterThan(5e5);
    expect(Math.max(...cached.peaks)).toBeLessThanOrEqual(Math.max(...without.peaks));
  });

  test("leaves no tensor behind", async () => {
    const before = [liveBytes().total, tf.memory().numTensors];
    await run({ ...budget(3e5, 3e5), directory });
    expect([liveBytes().total, tf.memory().numTensors]).toEqual(before);
  });

  test("serves a method without a side network that trains the readout alone", async () => {
    const without = await run({ mode: "off" }, {}, closingNorm);
    const cached = await run({}, {}, closingNorm);
    expect(cached.forwards).toEqual([96, 0, 0]);
    expect(cached.result).toEqual(without.result);
  });

  test("is not used where the backbone is differentiated, drops out, or no example is seen twice, and says so", async () => {
    expect((await run({}, { epochs: 1 })).reason).toBe("no example is seen twice");
    expect((await run({}, { dropout: 0.1 })).reason).toMatch(/dropout of 0.1/);
    expect((await run({}, {}, everything)).reason).toBe("the backbone is differentiated from encoder.embedding on");
    expect((await run({ mode: "on" }, { epochs: 1 })).figures!.examples).toBe(96 + 37);
  });

  test("serves answers that branch more than once, and keeps the encoder's state on the way", async () => {
    const task: TaskData = {
      ...toyTask(96),
      answering: {
        ...yesOrNo,
        labels: [
          { text: "yes", ids: [2, 3, 1] },
          { text: "no", ids: [2, 4, 6, 1] },
          { text: "never", ids: [2, 4, 7, 8, 1] },
          { text: "hardly", ids: [2, 4, 7, 9, 1] },
        ],
        parse: (text) => ["yes", "no", "never", "hardly"].indexOf(text),
      },
    };
    const without = await run({ mode: "off" }, {}, sideMethod, task);
    const cached = await run({}, {}, sideMethod, task);
    const tight = await run(budget(2e5), {}, sideMethod, task);
    expect(cached.result).toEqual(without.result);
    expect(tight.result).toEqual(without.result);
    expect(cached.evaluationForwards[0]).toBe(37);
    expect(cached.evaluationForwards[2]).toBeLessThan(37);
    expect(cached.figures!.examples).toBeGreaterThan(96 + 37);
    expect(Math.max(...tight.peaks)).toBeLessThan(1.05 * Math.max(...without.peaks));
  });

  test("leaves free decoding to the backbone", async () => {
    const { evaluationForwards, forwards } = await run(
      {},
      {},
      sideMethod,
      toyTask(96, 37, { ...yesOrNo, scoring: "free" }),
    );
    expect([forwards, evaluationForwards]).toEqual([
      [96, 0, 0],
      [37, 37, 37],
    ]);
  });
});
