import type { BenchEvent, ChildEvent, PlannedRun } from "@petl/bench";
import { expect, test } from "vitest";
import { SuiteClock } from "../../src/estimate/suite-clock.js";
import { LineProgress } from "../../src/progress/line-progress.js";

const run = {
  slot: "read on sst2, seed 0",
  label: "read",
  stage: "final",
  trial: null,
  method: { name: "read" },
  task: { name: "sst2" },
  seed: 0,
  settings: { evalEvery: null },
} as unknown as PlannedRun;

/** A progress on a clock that the test moves, and what it printed. */
function start() {
  const lines: string[] = [];
  const time = { nowS: 0 };
  const progress = new LineProgress(
    (line) => lines.push(line),
    () => time.nowS,
  );
  const work = { slot: run.slot, method: "read", task: "sst2", steps: 100, stepsPerEpoch: 50, evalEvery: 50 };
  progress.useClock(
    new SuiteClock([{ ...work, evalExamples: 10, batchSize: 16, testExamples: 0, mayStopEarly: false }], new Map(), 0),
  );
  const say = (atS: number, event: ChildEvent): void => {
    time.nowS = atS;
    progress.on({ type: "run-event", run, event });
  };
  const begin: BenchEvent = { type: "run-begin", run, index: 1, total: 1 };
  progress.on(begin);
  say(0, { type: "attached", steps: 100, stepsPerEpoch: 50 } as ChildEvent);
  say(0, { type: "window", window: "training", edge: "begin", atS: 0 });
  const step = (number: number, atS: number, change: object = {}): void =>
    say(atS, { type: "step", step: number, loss: 0.5, wallTimeS: 1, ...change } as ChildEvent);
  const evaluation = (number: number, atS: number): void =>
    say(atS, { type: "evaluation", step: number, score: 71.25, examples: 10, wallTimeS: 10 } as ChildEvent);
  const silence = (untilS: number): void => {
    time.nowS = untilS;
    progress.showSilence();
  };
  return { lines, step, evaluation, silence, close: () => progress.close() };
}

test("a line comes at most every 30 s with step, loss and time left, and at each evaluation with its score", () => {
  const { lines, step, evaluation } = start();
  for (let number = 1; number <= 50; number++) step(number, number);
  evaluation(50, 60);
  step(51, 61);
  expect(lines).toEqual([
    "[1/1] read on sst2, seed 0",
    expect.stringMatching(/^ {2}step 30\/100, loss 0\.500, 1 min \d+ s left$/),
    "  step 50/100, loss 0.500, score 71.3, 1 min 0 s left",
  ]);
});

test("updates that loss scaling skipped are counted, and the loss is that of the last one made", () => {
  const { lines, step } = start();
  const skipped = { loss: undefined, isSkipped: true };
  step(1, 1, skipped);
  step(2, 31, skipped);
  step(3, 32);
  step(4, 62, skipped);
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(/^ {2}step 2\/100, 2 skipped, loss not logged yet, /),
    expect.stringMatching(/^ {2}step 4\/100, 3 skipped, loss 0\.500, /),
  ]);
});

test("a run that is silent is told so every half minute, with the step it was at", () => {
  const { lines, step, silence, close } = start();
  step(1, 1);
  for (let atS = 2; atS <= 70; atS++) silence(atS);
  expect(lines.slice(1)).toEqual(["  no news for 30 s since step 1", "  no news for 1 min 0 s since step 1"]);
  close();
});
