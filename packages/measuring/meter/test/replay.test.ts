import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { integrate, nowS, onceAMinute, openMeter, type Trace, updatePeriod, type Window } from "../src/index.js";
import { type Play, standIn } from "./stand-in/index.js";

type Signal = NonNullable<Play["signal"]>;
type Dialect = NonNullable<Play["dialect"]>;

/** 100 W, and three times as much at the top. */
const signals = {
  constant: { kind: "constant", baseW: 100 },
  square: { kind: "square", baseW: 100, peakW: 300, periodS: 1 },
  ramp: { kind: "ramp", baseW: 100, perS: 5 },
  spike: { kind: "spike", baseW: 100, peakW: 300, atS: 45.31, forS: 1 },
} as const satisfies Record<string, Signal>;
type Name = keyof typeof signals;

const windowS = 60;
const joules: Record<Name, (fromS: number) => number> = {
  constant: () => 6000,
  square: () => 12_000,
  ramp: (fromS) => 6000 + 2.5 * ((fromS + windowS) ** 2 - fromS ** 2),
  spike: () => 6200,
};

interface Played {
  readonly name: Name;
  readonly dialect: Dialect;
  readonly periodMs: number;
  readonly trace: Trace;
  readonly window: Window;
  readonly trueJ: number;
}

/** All at once, so that the whole takes a minute of waiting and little else. */
const fast = (Object.keys(signals) as Name[]).flatMap((name) =>
  (["hopper", "turing", "older"] as const).map((dialect) => ({ name, dialect, periodMs: 50, startPhaseMs: undefined })),
);
const slow = [
  { name: "square", dialect: "hopper", periodMs: 1000, startPhaseMs: 250 },
  { name: "spike", dialect: "hopper", periodMs: 15_000, startPhaseMs: 2500 },
  { name: "spike", dialect: "older", periodMs: 15_000, startPhaseMs: 800 },
] as const;

async function playAll(): Promise<Played[]> {
  const open = [...fast, ...slow].map(async ({ name, dialect, periodMs, startPhaseMs }) => {
    const hold = dialect === "older" ? {} : { sensorPeriodMs: 100 }; // as the cards of these generations do
    const aligned = startPhaseMs === undefined ? {} : { startPhaseMs };
    const { env, change } = standIn({ dialect, signal: signals[name], ...hold, ...aligned });
    return { name, dialect, periodMs, change, meter: await openMeter({ env, periodMs, timeoutMs: 60_000 }) };
  });
  const all = await Promise.all(open);
  const originMs = Math.ceil(Date.now() / 1000) * 1000 + 1000;
  for (const { change } of all) change({ originMs });
  await Promise.all(all.map(({ meter }) => meter.start()));
  const fromS = nowS() + 0.3;
  await sleep(windowS * 1000 + 600);
  const window = { fromS, toS: fromS + windowS };
  const traces = await Promise.all(all.map(({ meter }) => meter.stop()));
  return all.map(({ name, dialect, periodMs }, index) => {
    const trueJ = joules[name](fromS - originMs / 1000);
    return { name, dialect, periodMs, trace: traces[index]!, window, trueJ };
  });
}

let played: readonly Played[] = [];

const find = (name: Name, dialect: Dialect, periodMs = 50): Played =>
  played.find((each) => each.name === name && each.dialect === dialect && each.periodMs === periodMs)!;
const error = ({ trace, window, trueJ }: Played): number => integrate(trace, window).value!.grossJ / trueJ - 1;

/**
 * The share of the energy that may be wrong because the stand-in itself got no processor in time: half the height of the wave
 * over each stretch of more than two periods without a sample. Nothing on a machine that keeps up.
 */
function starved({ trace, window, trueJ }: Played): number {
  const times = trace.samples.map(({ atS }) => atS).filter((atS) => atS >= window.fromS && atS <= window.toS);
  const gaps = times.slice(1).map((atS, index) => atS - times[index]!);
  const lostS = gaps.filter((gapS) => gapS > 0.1).reduce((sum, gapS) => sum + gapS, 0);
  return (100 * lostS) / trueJ;
}

describe("a minute in real time at the default period", () => {
  it("of four known signals on drivers of three generations comes out within 1 %", { timeout: 300_000 }, async () => {
    played = await playAll();
    for (const each of played.filter(({ periodMs }) => periodMs === 50)) {
      const [off, late] = [error(each), starved(each)];
      const figures = `${(100 * off).toFixed(3)} %${late > 0 ? ` (${(100 * late).toFixed(2)} % may be this machine's, which was busy)` : ""}`;
      console.log(`${each.name} on ${each.dialect}: ${figures}`);
      expect(Math.abs(off), `${each.name} on ${each.dialect}`).toBeLessThan(0.01 + late);
    }
  });

  it("takes the instant field where the driver has it, and else what there is", () => {
    expect(integrate(find("square", "hopper").trace, find("square", "hopper").window).value?.source).toBe("instant");
    expect(integrate(find("square", "older").trace, find("square", "older").window).value?.source).toBe("draw");
    expect(find("square", "turing").trace.samples.every(({ powerAverageW }) => powerAverageW === null)).toBe(true);
    expect(find("square", "older").trace.fields).not.toContain("power.draw.instant");
  });

  it("measures that the sensor updates every 100 ms", () => {
    const { periodS } = updatePeriod(find("ramp", "hopper").trace).value!;
    expect(Math.abs(periodS - 0.1)).toBeLessThan(0.011);
  });

  it("shows that the one-second mean hides the wave, but keeps its energy", () => {
    const { trace, window, trueJ } = find("square", "hopper");
    const mean = integrate(trace, window, { source: "average" }).value!;
    expect(Math.abs(mean.grossJ / trueJ - 1)).toBeLessThan(0.01);
    const top = (key: "powerInstantW" | "powerAverageW") =>
      Math.max(...trace.samples.map((sample) => sample[key] ?? 0));
    expect([top("powerInstantW"), top("powerAverageW") < 220]).toEqual([300, true]);
  });

  it("reproduces the error of slower sampling: a wave read once a second at its foot, a spike missed or hit", () => {
    expect(error(find("square", "hopper", 1000))).toBeCloseTo(-0.5, 2);
    expect(error(find("spike", "hopper", 15_000))).toBeCloseTo(6000 / 6200 - 1, 3);
    expect(error(find("spike", "older", 15_000))).toBeCloseTo(9000 / 6200 - 1, 2); // 15 s of a triangle 200 W high
  });

  it("shows what a once-a-minute sampler would have said of the same minute", () => {
    const of = ({ trace, window }: Played) => onceAMinute(trace, window).value!;
    const spike = of(find("spike", "hopper"));
    expect([spike.minJ, spike.maxJ]).toEqual([6000, 18_000]);
    expect(Math.abs(spike.meanJ / 6200 - 1)).toBeLessThan(0.02);
    const square = of(find("square", "hopper"));
    expect(square.sdJ / 12_000).toBeCloseTo(0.5, 2);
    expect(of(find("constant", "hopper"))).toMatchObject({ minJ: 6000, maxJ: 6000 });
  });
});

describe("drivers", () => {
  it.each<[Dialect, boolean | null]>([
    ["hopper", false],
    ["mig", true],
    ["turing", null],
    ["ada", null],
    ["older", null],
  ])("of the kind %s say whether the card is divided into MIG slices, or nothing", async (dialect, mig) => {
    const { env } = standIn({ dialect, signal: signals.constant });
    const meter = await openMeter({ env, periodMs: 20 });
    expect(meter.gpu?.mig).toBe(mig);
    await meter.start();
    const trace = await meter.stop();
    expect(trace.samples[0]?.gpuUtilization).toBe(dialect === "mig" ? null : 0.5);
    expect(trace.samples[0]?.powerDrawW).toBeCloseTo(100, 6);
  });
});
