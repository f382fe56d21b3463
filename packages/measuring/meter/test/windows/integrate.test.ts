import { describe, expect, it } from "vitest";
import { idlePower, integrate, netEnergy, onceAMinute, updatePeriod } from "../../src/index.js";
import { EMPTY_SAMPLE, JOULES_5_TO_65, SIGNALS, synthetic, traceOf } from "../synthetic.js";

const WINDOW = { fromS: 5, toS: 65 };
const names = ["constant", "square", "ramp", "spike"] as const;

/** A reproducible hum of a few tenths of a watt, as a loaded sensor shows. */
const hum = (atS: number) => 0.4 * Math.sin(atS * 1237.7) + 0.2 * Math.sin(atS * 7919.3);

describe("integrate", () => {
  for (const name of names) {
    for (const updateS of [0, 0.1, 0.02]) {
      it(`gives the energy of a ${name} signal over 60 s within 1 % where the sensor updates every ${updateS} s`, () => {
        const trace = synthetic({ powerW: SIGNALS[name], toS: 70, updateS });
        const energy = integrate(trace, WINDOW).value;
        expect(Math.abs((energy?.grossJ ?? 0) / JOULES_5_TO_65[name] - 1)).toBeLessThan(0.01);
        expect(energy?.durationS).toBe(60);
        expect(energy?.meanPowerW).toBeCloseTo((energy?.grossJ ?? 0) / 60, 9);
        expect(energy?.flags).not.toContain("short-window");
        expect(energy?.flags).not.toContain("gap");
      });
    }
  }

  it("gives the energy of a humming signal within 1 % for any phase of a lopsided wave", () => {
    for (const phase of [0, 0.13, 0.37, 0.61, 0.89]) {
      const powerW = (atS: number) => ((atS + phase) % 1 < 0.2 ? 300 : 100) + hum(atS);
      const energy = integrate(synthetic({ powerW, toS: 70, updateS: 0.1 }), WINDOW).value;
      expect(Math.abs((energy?.grossJ ?? 0) / (60 * 140) - 1)).toBeLessThan(0.01);
    }
  });

  it.each([0.2, 0.35, 0.5, 0.8])("gives the energy of a wave that is flat at its top for %s of the time", (duty) => {
    for (const phase of [0.013, 0.13, 0.37, 0.61, 0.89]) {
      const periodS = 0.0371; // not in step with the wave, as no sampler is
      const powerW = (atS: number) => ((atS + phase) % 1 < duty ? 300 : 100);
      for (const updateS of [0, 0.023, 0.0937]) {
        const energy = integrate(synthetic({ powerW, toS: 70, updateS, periodS }), WINDOW).value;
        expect(Math.abs((energy?.grossJ ?? 0) / (60 * (100 + 200 * duty)) - 1)).toBeLessThan(0.01);
      }
    }
  });

  it("interpolates the ends of the window between samples", () => {
    const trace = synthetic({ powerW: SIGNALS.ramp, toS: 10, periodS: 1 });
    expect(integrate(trace, { fromS: 2.25, toS: 7.75 }).value?.grossJ).toBeCloseTo(
      550 + 2.5 * (7.75 ** 2 - 2.25 ** 2),
      9,
    );
  });

  it("counts a value held by the sensor once", () => {
    const trace = synthetic({ powerW: (atS) => 200 + hum(atS), toS: 20, updateS: 0.1, periodS: 0.025 });
    const energy = integrate(trace, { fromS: 5, toS: 15 }).value;
    expect(energy?.samples).toBe(401);
    expect(energy?.readings).toBeGreaterThanOrEqual(100);
    expect(energy?.readings).toBeLessThanOrEqual(102);
    expect(energy?.updatePeriodS).toBeCloseTo(0.1, 6);
  });

  it("does not draw a spike out over the rest before it", () => {
    const trace = synthetic({ powerW: SIGNALS.spike, toS: 70, updateS: 0.1 });
    expect(integrate(trace, { fromS: 5, toS: 30 }).value?.grossJ).toBeCloseTo(2500, 3);
  });

  it("flags a window shorter than ten update periods", () => {
    const trace = synthetic({ powerW: (atS) => 200 + hum(atS), toS: 20, updateS: 0.1 });
    expect(integrate(trace, { fromS: 5, toS: 5.9 }).value?.flags).toContain("short-window");
    expect(integrate(trace, { fromS: 5, toS: 6.1 }).value?.flags).not.toContain("short-window");
  });

  it("flags sampling that misses updates, a gap, and samples timed by their arrival", () => {
    const slow = synthetic({ powerW: (atS) => 200 + hum(atS), toS: 60, periodS: 1 });
    expect(integrate(slow, { fromS: 5, toS: 55 }).value?.flags).toContain("undersampled");
    const whole = synthetic({ powerW: (atS) => 200 + hum(atS), toS: 20, updateS: 0.1 });
    const holed = traceOf(whole.samples.filter(({ atS }) => atS < 8 || atS > 11));
    expect(integrate(holed, { fromS: 5, toS: 15 }).value).toMatchObject({ flags: ["gap"] });
    expect(integrate(holed, { fromS: 5, toS: 15 }).value?.largestGapS).toBeGreaterThan(2.9);
    const late = traceOf(whole.samples.map((sample) => ({ ...sample, timedBy: "arrival" as const })));
    expect(integrate(late, { fromS: 5, toS: 15 }).value?.flags).toEqual(["arrival-timed"]);
  });

  it("gives null and the reason, never 0 J, where the sensor is missing, silent or 0 W throughout", () => {
    const at = [0, 1, 2, 3].map((atS) => ({ ...EMPTY_SAMPLE, atS }));
    expect(integrate(traceOf(at), { fromS: 0, toS: 3 })).toEqual({
      value: null,
      reason: "the driver gives no power reading for this GPU",
    });
    const zeros = traceOf(at.map((sample) => ({ ...sample, powerDrawW: 0 })));
    expect(integrate(zeros, { fromS: 0, toS: 3 }).reason).toBe("the power sensor read 0 W throughout");
    const problems = [{ code: "no-sensor", message: "nvidia-smi is not on PATH", count: 1 }] as const;
    expect(integrate(traceOf([], { problems }), { fromS: 0, toS: 3 }).reason).toBe("nvidia-smi is not on PATH");
  });

  it("gives null and the reason for a window that is empty or that the trace does not cover", () => {
    const trace = synthetic({ powerW: SIGNALS.constant, fromS: 10, toS: 20 });
    expect(integrate(trace, { fromS: 15, toS: 15 }).reason).toContain("the window is empty");
    expect(integrate(trace, { fromS: 9, toS: 15 }).reason).toBe(
      "the power readings begin 1.00 s after the window does",
    );
    const problems = [{ code: "ended-early", message: "nvidia-smi ended with code 11", count: 1 }] as const;
    expect(integrate({ ...trace, problems }, { fromS: 15, toS: 21.5 }).reason).toBe(
      "the power readings end 1.50 s before the window does: nvidia-smi ended with code 11",
    );
    expect(integrate(trace, { fromS: 9.95, toS: 20.05 }).value?.grossJ).toBeCloseTo(1010, 6);
  });

  it("prefers instant power, falls back to average and draw, and takes the source it is asked for", () => {
    const samples = [0, 0.05, 0.1].map((atS) => ({ ...EMPTY_SAMPLE, atS, powerAverageW: 90, powerDrawW: 80 }));
    const window = { fromS: 0, toS: 0.1 };
    expect(integrate(traceOf(samples), window).value).toMatchObject({ source: "average", meanPowerW: 90 });
    expect(integrate(traceOf(samples), window, { source: "draw" }).value?.meanPowerW).toBeCloseTo(80, 9);
    expect(integrate(traceOf(samples), window, { source: "instant" }).reason).toContain("(instant)");
  });
});

describe("updatePeriod", () => {
  it("is the time between changes of the value, whatever the sampling period", () => {
    for (const periodS of [0.01, 0.02, 0.05]) {
      const trace = synthetic({ powerW: (atS) => 200 + hum(atS), toS: 20, updateS: 0.1, periodS });
      expect(updatePeriod(trace).value?.periodS).toBeCloseTo(0.1, 6);
    }
  });

  it("is absent where the value hardly changes", () => {
    expect(updatePeriod(synthetic({ powerW: SIGNALS.spike, toS: 70 })).reason).toContain("power changed 2 times");
  });
});

describe("idlePower and netEnergy", () => {
  const powerW = (atS: number) => (atS < 10 ? 50 : atS < 20 ? 250 : 60);
  const trace = synthetic({ powerW, toS: 30 });

  it("subtract the mean of the idle power before and after", () => {
    const before = idlePower(trace, { fromS: 1, toS: 9 });
    const after = idlePower(trace, { fromS: 21, toS: 29 });
    expect(before.value?.powerW).toBeCloseTo(50, 9);
    expect(before.value).toMatchObject({ spreadW: 0, durationS: 8 });
    const net = netEnergy(integrate(trace, { fromS: 11, toS: 19 }), [before, after]).value;
    expect(net?.grossJ).toBeCloseTo(2000, 6);
    expect(net?.idleJ).toBeCloseTo(440, 6);
    expect(net?.netJ).toBeCloseTo(1560, 6);
    expect(net?.idleDriftW).toBeCloseTo(10, 6);
  });

  it("hand on the reason where gross or idle is missing", () => {
    const none = integrate(traceOf([]), { fromS: 0, toS: 1 });
    expect(netEnergy(none, []).reason).toBe(none.reason);
    const gross = integrate(trace, { fromS: 11, toS: 19 });
    expect(netEnergy(gross, []).reason).toBe("no idle power: none was measured");
    expect(netEnergy(gross, [idlePower(trace, { fromS: 40, toS: 50 })]).reason).toContain("no idle power: the power");
  });
});

describe("onceAMinute", () => {
  it("is exact for a constant signal", () => {
    const slow = onceAMinute(synthetic({ powerW: SIGNALS.constant, toS: 200 }), { fromS: 5, toS: 185 }).value;
    expect(slow).toMatchObject({ phases: 600, emptyShare: 0 });
    for (const key of ["meanJ", "minJ", "maxJ"] as const) expect(slow?.[key]).toBeCloseTo(18_000, 6);
    expect(slow?.sdJ).toBeCloseTo(0, 6);
  });

  it("shows that a one-second spike is mostly missed, and far overrated where it is hit", () => {
    const slow = onceAMinute(synthetic({ powerW: SIGNALS.spike, toS: 70 }), WINDOW).value;
    expect(slow?.minJ).toBeCloseTo(6000, 6);
    expect(slow?.maxJ).toBeCloseTo(18_000, 6);
    expect(slow?.meanJ).toBeCloseTo(6200, -1);
    expect(slow?.sdJ).toBeCloseTo(12_000 * Math.sqrt((1 / 60) * (59 / 60)), -2);
  });

  it("says how often it would have read nothing in a window shorter than its interval", () => {
    const slow = onceAMinute(synthetic({ powerW: SIGNALS.constant, toS: 40 }), { fromS: 5, toS: 20 }).value;
    expect(slow?.emptyShare).toBeCloseTo(0.75, 6);
    expect(slow?.meanJ).toBeCloseTo(1500, 6);
  });
});
