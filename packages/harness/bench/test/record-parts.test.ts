import type { HostTrace, Sample, Trace } from "@petl/meter";
import type { EvaluationResult } from "@petl/trainer";
import { describe, expect, test } from "vitest";
import type { ChildEvent } from "../src/child/protocol.js";
import { serialError } from "../src/child/serial-error.js";
import { conditionsPart } from "../src/record/conditions-part.js";
import { gpuEnergyPart, hostEnergyPart } from "../src/record/energy-part.js";
import { epochsPart } from "../src/record/epochs-part.js";
import { lossScalingPart } from "../src/record/loss-scaling-part.js";
import { memoryPart } from "../src/record/memory-part.js";
import { Observation } from "../src/record/observation.js";
import { curvePart, scoresPart } from "../src/record/scores-part.js";
import { timePart } from "../src/record/time-part.js";

function observe(...events: ChildEvent[]): Observation {
  const observation = new Observation();
  for (const event of events) observation.hear(event);
  return observation;
}

const window = (name: "training" | "evaluation", edge: "begin" | "end", atS: number): ChildEvent => ({
  type: "window",
  window: name,
  edge,
  atS,
});
const step = (number: number, wallTimeS: number, epoch = 1): ChildEvent => ({
  type: "step",
  step: number,
  epoch,
  loss: 1 / number,
  learningRate: 1e-3,
  tokens: 10,
  paddedTokens: 12,
  shape: [4, 2 + (number % 3), 1],
  backboneForwards: epoch === 1 ? 4 : 1,
  wallTimeS,
});
const evaluation = (number: number, score: number, loss: number | null = null): EvaluationResult => ({
  loss,
  step: number,
  epoch: number,
  split: "dev",
  notices: [],
  score,
  metrics: { accuracy: score / 100 },
  examples: 8,
  invalid: 0,
  backboneForwards: 8,
  wallTimeS: 0.5,
});

describe("times", () => {
  const run = observe(
    window("training", "begin", 102),
    ...[9, 1, 2, 3, 4, 5, 6, 7].map((seconds, index) => step(index + 1, seconds)),
    window("training", "end", 110),
    window("evaluation", "begin", 110),
    window("evaluation", "end", 111),
    window("training", "begin", 111),
    window("training", "end", 113),
  );

  test("are sums of windows; steps leave out the warm-up; setup is what came before", () => {
    expect(timePart(run, 100)).toEqual({
      trainTimeS: 10,
      evalTimeS: 1,
      stepMedianS: 4.5, // of 2, 3, 4, 5, 6, 7
      stepP10S: 2.5,
      stepP90S: 6.5,
      medianBatch: { examples: 4, sourceTokens: 3, targetTokens: 1 }, // sources of 2, 3, 4, 2, 3, 4
      warmupStepsExcluded: 2,
      steps: 8,
      tokens: 80,
      paddedTokens: 96,
      tokensPerS: 8,
      setupTimeS: 2,
      processorS: null,
    });
    expect(timePart(run, 100, 18.5)?.processorS).toBe(18.5);
  });

  test("N14: set-up is of the last process alone, whatever the clock of an earlier one said", () => {
    const earlier = [window("training", "begin", 7_300), window("training", "end", 7_301)];
    const resumed = { type: "resumed", step: 1, atS: 101 } as const;
    const again = observe(...earlier, resumed, window("training", "begin", 103), window("training", "end", 104));
    expect(timePart(again, 100)?.setupTimeS).toBe(3);
    expect(timePart(observe(...earlier, resumed), 100)?.setupTimeS).toBeNull();
  });

  test("are absent where a run ended before its first window", () => {
    expect(timePart(observe(), 100)).toBeNull();
  });
});

/** The scores of a run; `said` is the step whose answers and interval it said, null where it said none. */
function scoresOf(evaluations: EvaluationResult[], said: number | null = null, test: EvaluationResult | null = null) {
  const interval = { low: 70, high: 85, level: 0.95, resamples: 1000 };
  const scored = said === null ? null : { type: "scored" as const, step: said, interval, constant, answers: [] };
  return scoresPart({ evaluations, test, scored });
}

const constant = { answer: "negative", score: 50 };

test("of equal scores the one of the lower loss is the best, where both have one", () => {
  const best = (...losses: (number | null)[]) =>
    scoresOf(losses.map((loss, index) => evaluation(index + 1, 80, loss)))?.best;
  expect(best(0.7, 0.5, 0.6)).toMatchObject({ step: 2, loss: 0.5 });
  expect(best(0.7, null, 0.6)).toMatchObject({ step: 3 });
  expect(best(null, 0.5)).toMatchObject({ step: 1 });
});

test("the best score is the earliest of the highest, and the last is kept beside it", () => {
  const scores = scoresOf([evaluation(1, 50), evaluation(2, 80), evaluation(3, 80), evaluation(4, 60)]);
  expect([scores?.best.step, scores?.last.step, scores?.evaluations.length]).toEqual([2, 4, 4]);
  expect(scores?.evaluations[0]).toEqual({
    step: 1,
    epoch: 1,
    split: "dev",
    score: 50,
    loss: null,
    metrics: { accuracy: 0.5 },
    notices: [],
    examples: 8,
    wallTimeS: 0.5,
  });
  expect(scoresOf([])).toBeNull();
});

test("N6: the notices of an evaluation stand beside its score", () => {
  const notices = [{ code: "one-class" as const, message: "dev: all examples are of one class" }];
  const scores = scoresOf([{ ...evaluation(1, 100), notices }, evaluation(2, 50)]);
  expect(scores).toMatchObject({
    best: { notices },
    last: { notices: [] },
    evaluations: [{ notices }, { notices: [] }],
  });
});

test("the interval of the best score stands with it, where it is of that evaluation", () => {
  const interval = { low: 70, high: 85, level: 0.95, resamples: 1000 };
  const evaluations = [evaluation(1, 80), evaluation(2, 70)];
  expect(scoresOf(evaluations, 1)?.best).toMatchObject({ score: 80, interval });
  expect(scoresOf(evaluations, 2)?.best.interval).toBeNull();
  expect(scoresOf(evaluations, null)?.best.interval).toBeNull();
  expect(scoresOf(evaluations, 1)?.constant).toEqual(constant);
});

test("the interval stands with the test, where there is one", () => {
  const scores = scoresOf([evaluation(1, 80), evaluation(2, 70)], 1, { ...evaluation(1, 60), split: "dev" });
  expect(scores).toMatchObject({
    best: { score: 80, interval: null },
    test: { score: 60, split: "dev", interval: { low: 70 } },
  });
});

test("a long curve is thinned and keeps its last step", () => {
  const curve = curvePart(observe(...Array.from({ length: 4999 }, (_, index) => step(index + 1, 1))));
  expect(curve.length).toBeLessThanOrEqual(2000);
  expect([curve[0]?.step, curve.at(-1)?.step]).toEqual([1, 4999]);
  expect(curvePart(observe(step(1, 1), step(2, 1)))).toHaveLength(2);
});

test("skipped updates are counted with the last loss scale, which only a scaled loss has", () => {
  const scaled = (number: number, lossScale: number, isSkipped: boolean) =>
    ({ ...step(number, 1), lossScale, isSkipped }) as ChildEvent;
  const run = observe(
    scaled(1, 65_536, true),
    scaled(2, 32_768, false),
    scaled(3, 32_768, true),
    scaled(4, 16_384, false),
  );
  expect(lossScalingPart(run)).toEqual({ skippedSteps: 2, lastScale: 16_384 });
  expect(lossScalingPart(observe(step(1, 1)))).toBeNull();
});

describe("energy", () => {
  const gone = { value: null, reason: "gone" } as const;
  const unseen = { memory: gone, load: gone, loadAverage: null };
  const sample = (atS: number, powerInstantW: number): Sample => ({
    atS,
    timedBy: "sensor",
    powerInstantW,
    powerAverageW: null,
    powerDrawW: null,
    memoryUsedBytes: 3e9,
    gpuUtilization: null,
    temperatureC: null,
    smClockHz: null,
    pstate: null,
  });
  const powerAt = (atS: number): number => (atS < 2 || atS > 12 ? 100 : 300) + (Math.round(atS * 10) % 2) * 1e-6; // changes at every reading
  const trace: Trace = {
    gpu: null,
    fields: [],
    periodS: 0.1,
    startedAtS: 0,
    stoppedAtS: 14,
    samples: Array.from({ length: 141 }, (_, index) => sample(index / 10, powerAt(index / 10))),
    counter: { value: Array.from({ length: 15 }, (_, atS) => ({ atS, totalJ: 7 + 290 * atS })), reason: null },
    processMemory: [],
    nvidiaSmiCpuS: null,
    problems: [],
  };
  const windows = {
    training: [
      { fromS: 3, toS: 6 },
      { fromS: 7, toS: 9 },
    ],
    evaluation: [{ fromS: 6, toS: 7 }],
  };
  const idle = [
    { fromS: 0, toS: 1.9 },
    { fromS: 12.2, toS: 14 },
  ];

  test("of a GPU is the sum over windows, and less what it uses at rest", () => {
    const part = gpuEnergyPart(trace, windows, idle);
    expect(part.training?.grossJ).toBeCloseTo(1500, 1);
    expect(part.training?.netJ).toBeCloseTo(1000, 1);
    expect(part.training?.meanPowerW).toBeCloseTo(300, 2);
    expect(part.evaluation?.grossJ).toBeCloseTo(300, 1);
    expect(part.grossJ).toBeCloseTo(1800, 1);
    expect(part.netJ).toBeCloseTo(1200, 1);
    expect(part).toMatchObject({ reason: null, source: "nvidia-smi power.draw (instant)", samplePeriodS: 0.1 });
    expect(part.idlePowerW).toBeCloseTo(100, 2);
    expect(part.idleDriftW).toBeCloseTo(0, 2);
    expect(part.updatePeriodS).toBeCloseTo(0.1, 3);
  });

  test("stands beside the driver's own counter, and beside what a once-a-minute sampler would have said", () => {
    const part = gpuEnergyPart(trace, windows, idle);
    expect(part.training?.counterJ).toBeCloseTo(5 * 290, 6);
    expect(part).toMatchObject({ counterSource: "NVML total energy consumption", counterReason: null });
    const slow = part.training?.onceAMinute;
    expect(slow).toMatchObject({ intervalS: 60 });
    expect(slow?.meanJ).toBeCloseTo(1500, 1); // 5 s at 300 W, at whichever moment it reads
    expect(slow?.emptyShare).toBeCloseTo(1 - 5 / 60, 2); // and mostly it reads nothing in 5 s
    const without = gpuEnergyPart({ ...trace, counter: { value: null, reason: "no library" } }, windows, idle);
    expect(without).toMatchObject({ counterSource: null, counterReason: "no library", training: { counterJ: null } });
    expect(without.training?.grossJ).toBe(part.training?.grossJ);
  });

  test("of a card divided into MIG slices says that it is that of all of them", () => {
    const facts = { uuid: null, driverVersion: null, memoryTotalBytes: null, powerLimitW: 700 };
    const gpu = { index: 0, name: "card", ...facts, mig: true };
    expect(gpuEnergyPart({ ...trace, gpu }, windows, idle).source).toBe(
      "nvidia-smi power.draw (instant), all MIG slices of the card",
    );
  });

  test("comes with the conditions from the first window to the last", () => {
    const samples = trace.samples.map((each) => ({ ...each, temperatureC: 30 + each.atS, pstate: "P0" }));
    const part = conditionsPart({ ...trace, samples }, windows, 10);
    expect(part).toMatchObject({ highestTemperatureC: 39, pstates: ["P0"], powerLimitW: null, coolDownS: 10 });
    expect(part?.meanTemperatureC).toBeCloseTo(36, 6);
    expect(conditionsPart(trace, { training: [], evaluation: [] }, 0)).toBeNull();
  });

  test("says what makes it weaker than it looks, and what went wrong while sampling", () => {
    const holed = {
      ...trace,
      samples: trace.samples.filter(({ atS }) => atS < 4 || atS > 5.8),
      problems: [{ code: "clock", message: "3 samples carried a time that went backwards", count: 3 }] as const,
    };
    const part = gpuEnergyPart(holed, windows, idle);
    expect(part.training?.flags).toEqual(["gap", "undersampled"]); // each sample is an update here
    expect(part.problems).toEqual(["3 samples carried a time that went backwards"]);
    const short = gpuEnergyPart(trace, { ...windows, evaluation: [{ fromS: 6, toS: 6.5 }] }, idle);
    expect(short.evaluation?.flags).toContain("short-window");
  });

  test("is null with the reason, never 0, where there is no sensor or no window", () => {
    const blind = {
      ...trace,
      samples: [],
      problems: [{ code: "no-sensor", message: "no GPU here", count: 1 } as const],
    };
    expect(gpuEnergyPart(blind, windows, idle)).toMatchObject({
      grossJ: null,
      netJ: null,
      reason: "no GPU here",
      source: null,
    });
    expect(gpuEnergyPart(trace, { training: [], evaluation: [] }, idle)).toMatchObject({
      grossJ: null,
      training: null,
      reason: "the run ended before its first window",
    });
    const host: HostTrace = { ...unseen, energy: { value: null, reason: "no RAPL here" } };
    expect(hostEnergyPart(host, windows, false)).toMatchObject({
      grossJ: null,
      netJ: null,
      reason: "no RAPL here",
      source: null,
      samples: 0,
    });
  });

  test("of the host comes from its counters", () => {
    const readings = [0, 5, 10].map((atS) => ({ atS, totalJ: atS * 20 }));
    const host: HostTrace = { ...unseen, energy: { value: readings, reason: null } };
    const part = hostEnergyPart(host, windows, false);
    expect(part.training?.grossJ).toBeCloseTo(100, 6);
    expect(part).toMatchObject({ netJ: null, reason: null, source: "RAPL, whole machine", samples: 3 });
    expect(part.grossJ).toBeCloseTo(120, 6);
    const beside = hostEnergyPart(host, windows, true);
    expect(beside).toMatchObject({ grossJ: null, source: null, reason: expect.stringContaining("went on beside it") });
  });

  test("an epoch's cost is cut out of the windows, with the evaluations of its weights", () => {
    const scored = (number: number, epoch: number): ChildEvent => ({
      type: "evaluation",
      ...evaluation(number, 50),
      epoch,
    });
    const run = observe(
      window("training", "begin", 100),
      step(1, 1),
      step(2, 1),
      { type: "epoch", epoch: 1, atS: 104 },
      step(3, 1, 2), // the window goes on over the end of the epoch
      window("training", "end", 106),
      window("evaluation", "begin", 106),
      scored(3, 2),
      window("evaluation", "end", 107),
      window("training", "begin", 107),
      step(4, 1, 2),
      { type: "epoch", epoch: 2, atS: 110 },
      window("training", "end", 110.5),
      window("evaluation", "begin", 110.5),
      scored(4, 2),
      window("evaluation", "end", 112),
    );
    const seconds = (list: readonly { fromS: number; toS: number }[]): number =>
      list.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);
    const energy = hostEnergyPart(null, run.windows, false);
    const part = (list: readonly { fromS: number; toS: number }[]) => ({
      grossJ: 7 * seconds(list), // as a sensor that always shows 7 W
      netJ: null,
      meanPowerW: 7,
      durationS: seconds(list),
      ...{ counterJ: null, flags: [], onceAMinute: null },
    });
    const costs = epochsPart(run, ({ training, evaluation: scoring }) => ({
      ...energy,
      training: part(training),
      evaluation: scoring.length === 0 ? null : part(scoring),
    }));
    const nothing = { trainNetJ: null, evalNetJ: null };
    expect(costs).toEqual([
      {
        ...{ epoch: 1, steps: 2, trainTimeS: 4, evalTimeS: 0, trainGrossJ: 28, evalGrossJ: null },
        ...nothing,
        backboneForwards: { training: 8, evaluation: 0 },
      },
      {
        ...{ epoch: 2, steps: 2, trainTimeS: 5, evalTimeS: 2.5, trainGrossJ: 35, evalGrossJ: 17.5 },
        ...nothing,
        backboneForwards: { training: 2, evaluation: 16 },
      },
    ]);
  });

  test("memory of a device is its figure, memory of the host says why there is none", () => {
    const gpu = { trace, window: { fromS: 2, toS: 12 }, baseline: idle[0]! };
    expect(memoryPart(observe(), null, gpu).device).toMatchObject({
      baselineBytes: 3e9,
      peakBytes: 0,
      source: "nvidia-smi (device)",
    });
    expect(memoryPart(observe(), null, null)).toMatchObject({
      peakHostBytes: null,
      device: { peakBytes: null, reason: expect.stringContaining("CPU") },
    });
  });
});

test("the peak of a kind of window is the largest of its windows", () => {
  const peak = (total: number) => ({
    total,
    backbone: 1,
    method: 0,
    gradients: 0,
    optimizer: 0,
    activations: 0,
    kept: 0,
    inputs: 0,
  });
  const run = observe(
    ...[5, 9, 7].map((total): ChildEvent => ({ type: "memory", window: "training", peak: peak(total) })),
  );
  expect([run.peak.training?.total, run.peak.evaluation]).toEqual([9, null]);
});

test("an error is carried over with its code; exhausted memory gets one", () => {
  const coded = Object.assign(new TypeError("bad"), { code: "E_X" });
  expect(serialError(coded)).toMatchObject({ name: "TypeError", code: "E_X", message: "bad" });
  expect(serialError(new RangeError("Array buffer allocation failed"))).toMatchObject({ code: "E_OUT_OF_MEMORY" });
  expect(serialError("just text")).toEqual({ name: "Error", code: null, message: "just text", stack: null });
});
