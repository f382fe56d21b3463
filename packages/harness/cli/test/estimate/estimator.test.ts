import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TimeEstimator } from "../../src/estimate/estimator.js";
import { evaluationsUpTo, type RunWork } from "../../src/estimate/work.js";

/** Seconds of everything a simulated suite does. */
interface Speeds {
  readonly setup: number;
  /** Of an update, by method. */
  readonly step: readonly number[];
  /** Of an evaluated example, by method. */
  readonly example: readonly number[];
}

interface Tick {
  readonly atS: number;
  readonly leftS: number | null;
  /** Whether an evaluation was seen. */
  readonly isInformed: boolean;
}

/** Runs a suite on a simulated clock and asks for the time left after everything that happens, and in between. */
function simulate(
  runs: readonly RunWork[],
  speeds: Speeds,
): { readonly ticks: readonly Tick[]; readonly totalS: number } {
  let nowS = 1000;
  let isInformed = false;
  const estimator = new TimeEstimator(runs, nowS);
  const ticks: Tick[] = [];
  const tick = (): void => {
    ticks.push({ atS: nowS - 1000, leftS: estimator.leftS(nowS), isInformed });
  };
  const pass = (seconds: number): void => {
    const parts = 4;
    for (let part = 1; part < parts; part++) {
      nowS += seconds / parts;
      tick();
    }
    nowS += seconds / parts;
  };
  for (const run of runs) {
    const method = Number(run.method);
    estimator.beginRun(run, nowS);
    pass(speeds.setup);
    estimator.setUp(run.slot, nowS);
    let evaluations = 0;
    for (let step = 1; step <= run.steps; step++) {
      pass(speeds.step[method]!);
      estimator.step(run.slot, step, speeds.step[method]!, nowS);
      tick();
      if (evaluationsUpTo(step, run) === evaluations) continue;
      evaluations += 1;
      pass(speeds.example[method]! * run.evalExamples);
      estimator.evaluation(run.slot, run.evalExamples, 0, nowS);
      isInformed = true;
      tick();
    }
    estimator.endRun(run.slot, true);
  }
  return { ticks, totalS: nowS - 1000 };
}

const methods = 3;
const numRuns = 50;
const run = fc
  .record({
    method: fc.integer({ min: 0, max: methods - 1 }).map(String),
    task: fc.constantFrom("sst2", "rte"),
    steps: fc.integer({ min: 2, max: 60 }),
    stepsPerEpoch: fc.integer({ min: 1, max: 30 }),
    evalEvery: fc.integer({ min: 1, max: 40 }),
    evalExamples: fc.integer({ min: 1, max: 500 }),
  })
  .map((some) => ({ ...some, batchSize: 16, testExamples: 0, mayStopEarly: false }));
const suite = fc
  .array(run, { minLength: 1, maxLength: 6 })
  .map((runs) => runs.map((each, index): RunWork => ({ ...each, slot: String(index) })));
const seconds = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const speed = fc.record({ setup: seconds(0.1, 20), step: seconds(0.01, 5), example: seconds(0.001, 0.2) });
const alike = speed.map(({ setup, step, example }) => ({
  setup,
  step: Array<number>(methods).fill(step),
  example: Array<number>(methods).fill(example),
}));
const unlike = fc.record({
  setup: seconds(0.1, 20),
  step: fc.array(seconds(0.01, 5), { minLength: methods, maxLength: methods }),
  example: fc.array(seconds(0.001, 0.2), { minLength: methods, maxLength: methods }),
});
const informed = (ticks: readonly Tick[]) =>
  ticks.flatMap(({ atS, leftS, isInformed }) => (isInformed && leftS !== null ? [atS + leftS] : []));

describe("the time left", () => {
  test("at constant speeds the estimate of the total is within 15 % once an evaluation was seen", () => {
    fc.assert(
      fc.property(suite, alike, (runs, speeds) => {
        const { ticks, totalS } = simulate(runs, speeds);
        for (const estimate of informed(ticks)) {
          expect(estimate).toBeGreaterThan(totalS * 0.85);
          expect(estimate).toBeLessThan(totalS * 1.15);
        }
      }),
      { numRuns },
    );
  });

  test("is never 0 before the end, whatever the speeds", () => {
    fc.assert(
      fc.property(suite, fc.oneof(alike, unlike), (runs, speeds) => {
        for (const { leftS } of simulate(runs, speeds).ticks) if (leftS !== null) expect(leftS).toBeGreaterThan(0);
      }),
      { numRuns },
    );
  });

  test("never jumps by more than a factor of 1.5 once an evaluation was seen, though methods differ in speed", () => {
    fc.assert(
      fc.property(suite, unlike, (runs, speeds) => {
        let before: number | null = null;
        for (const { atS, leftS, isInformed } of simulate(runs, speeds).ticks) {
          if (leftS === null || !isInformed) continue;
          const total = atS + leftS;
          const isOverdue = before !== null && atS > before * 1.5; // no estimate is below the time that has passed
          if (before !== null && !isOverdue) {
            expect(total / before).toBeLessThanOrEqual(1.5 + 1e-9);
            expect(total / before).toBeGreaterThanOrEqual(1 / 1.5 - 1e-9);
          }
          before = total;
        }
      }),
      { numRuns },
    );
  });

  const work = (slot: string, changes: Partial<RunWork> = {}): RunWork => ({
    ...{ slot, method: "read", task: "sst2", steps: 10, stepsPerEpoch: 5, evalEvery: 5, evalExamples: 100 },
    ...{ batchSize: 16, testExamples: 0, mayStopEarly: false },
    ...changes,
  });

  test("cannot be told before the first update", () => {
    const estimator = new TimeEstimator([work("a")], 0);
    expect(estimator.leftS(0)).toBeNull();
    estimator.beginRun(work("a"), 0);
    expect(estimator.leftS(3)).toBeNull();
  });

  test("counts evaluations: ten updates of a second and two evaluations of ten seconds", () => {
    const estimator = new TimeEstimator([work("a"), work("b")], 0);
    estimator.beginRun(work("a"), 0);
    estimator.setUp("a", 2);
    for (let step = 1; step <= 5; step++) estimator.step("a", step, 1, 2 + step);
    estimator.evaluation("a", 100, 10, 17);
    expect(estimator.leftS(17)).toBeCloseTo(5 + 10 + 2 + 10 + 20, 6);
  });

  test("takes what an interrupted run did before at the time it took then", () => {
    const estimator = new TimeEstimator([work("a")], 0);
    estimator.beginRun(work("a"), 0);
    for (let step = 1; step <= 5; step++) estimator.step("a", step, 1, 1); // all reported at once
    estimator.evaluation("a", 100, 10, 1);
    estimator.setUp("a", 2);
    expect(estimator.leftS(2)).toBeCloseTo(5 + 10, 6);
  });

  test("expects runs that may stop early to stop where finished ones did", () => {
    const early = (id: string) => work(id, { mayStopEarly: true });
    const estimator = new TimeEstimator([early("a"), early("b")], 0);
    estimator.beginRun(early("a"), 0);
    estimator.setUp("a", 2);
    for (let step = 1; step <= 5; step++) estimator.step("a", step, 1, 2 + step);
    estimator.evaluation("a", 100, 10, 17);
    estimator.endRun("a", true);
    expect(estimator.leftS(17)).toBeCloseTo(2 + 5 + 10, 6);
  });

  test("of two workers is half the work, but no less than the longest run in hand", () => {
    const estimator = new TimeEstimator([work("a"), work("b"), work("c", { steps: 40 })], 0, 2);
    for (const slot of ["a", "c"]) {
      estimator.beginRun(work(slot, { steps: slot === "a" ? 10 : 40 }), 0);
      estimator.setUp(slot, 2);
      for (let step = 1; step <= 5; step++) estimator.step(slot, step, 1, 2 + step);
      estimator.evaluation(slot, 100, 10, 17);
    }
    const [ofA, ofB, ofC] = [5 + 10, 2 + 10 + 20, 35 + 70];
    expect(estimator.leftS(17)).toBeCloseTo(Math.max(ofC, (ofA + ofB + ofC) / 2), 6);
    estimator.endRun("c", true);
    expect(estimator.leftS(17)).toBeLessThan(ofC);
  });
});
