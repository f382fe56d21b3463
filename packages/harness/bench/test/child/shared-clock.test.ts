import { expect, test } from "vitest";
import { type Clocks, clockOffsetS, toClockOf } from "../../src/child/shared-clock.js";

/** A process that began when the wall clock said `startedAtS`, at `machineS` of the machine's clock, `ageS` ago. */
const clocksOf = (startedAtS: number, machineS: number, ageS: number): Clocks => ({
  epochS: () => startedAtS + ageS,
  machineS: () => machineS + ageS,
});

test("N14: a clock that is set between the starts of two processes changes no span between their events", () => {
  const parent = clocksOf(1_000, 50, 10); // at 60 of the machine's clock
  const setAhead = clocksOf(1_000 + 12 + 7_200, 62, 3); // began 2 s later, after the clock was set two hours ahead
  const onParentsClock = toClockOf(clockOffsetS(parent), setAhead);
  const begun = { type: "window", window: "training", edge: "begin", atS: setAhead.epochS() } as const;
  expect(onParentsClock(begun).atS).toBeCloseTo(1_015, 6);
  const notice = { type: "notice", message: "no time" } as const;
  expect(onParentsClock(notice)).toBe(notice);
});

test("two readings of one process's clocks agree", () => {
  expect(Math.abs(clockOffsetS() - clockOffsetS())).toBeLessThan(1e-3);
});
