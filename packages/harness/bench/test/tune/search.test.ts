import { isSettled, type RunRecord } from "@petl/results";
import { describe, expect, test } from "vitest";
import { syntheticRecord } from "../../../results/test/record-factory.js";
import { trialRates } from "../../src/tune/rates.js";
import { rungsOf } from "../../src/tune/rungs.js";
import { followSearch } from "../../src/tune/search.js";

describe("learning rates of trials", () => {
  test.each([1, 4, 8, 16])("%i of them ascend through strata of equal width around the method's own", (trials) => {
    const rates = trialRates(3e-4, trials, 3);
    const places = rates.map((rate) => (Math.log10(rate / 3e-4) / 3 + 0.5) * trials);
    for (const [index, place] of places.entries()) {
      expect(place).toBeGreaterThan(index - 0.02 * trials); // two digits of a rate are kept
      expect(place).toBeLessThan(index + 1 + 0.02 * trials);
    }
    expect([...rates].sort((a, b) => a - b)).toEqual(rates);
  });

  test("are the same multiples of every method's own", () => {
    const multiples = (base: number) => trialRates(base, 8, 2).map((rate) => rate / base);
    for (const [index, multiple] of multiples(1).entries()) expect(multiples(1e-3)[index]).toBeCloseTo(multiple, 6);
  });
});

describe("rungs", () => {
  test("of a halving search double the updates and keep the better half, at three whole runs for 8 trials", () => {
    const rungs = rungsOf({ trials: 8, search: "halving" });
    expect(rungs).toEqual([
      { trials: 8, share: 1 / 8 },
      { trials: 4, share: 1 / 4 },
      { trials: 2, share: 1 / 2 },
    ]);
    expect(rungs.reduce((sum, { trials, share }) => sum + trials * share, 0)).toBe(3);
    expect(rungsOf({ trials: 5, search: "halving" }).map(({ trials }) => trials)).toEqual([5, 3, 2]);
  });

  test("of a grid are one, of whole runs", () => {
    expect(rungsOf({ trials: 8, search: "grid" })).toEqual([{ trials: 8, share: 1 }]);
    expect(rungsOf({ trials: 1, search: "halving" })).toEqual([{ trials: 1, share: 1 }]);
  });
});

/** Follows a search whose trial n scores `scoreOf(n, rung)` with a loss of `lossOf(n)`; a score of null diverges, undefined has not run. */
function follow(
  trials: number,
  scoreOf: (number: number, rung: number) => number | null | undefined,
  how = "halving",
  lossOf: (number: number) => number | null = () => null,
) {
  const rates = trialRates(1e-3, trials, 3);
  return followSearch<{ number: number; rung: number; place: number }>({
    rates,
    rungs: rungsOf({ trials, search: how as "halving" }),
    plan: ({ number, rung }, _, place) => ({ number, rung, place }),
    recordOf: ({ number, rung }) => recordOf(scoreOf(number, rung), lossOf(number)),
  });
}

function recordOf(score: number | null | undefined, loss: number | null = null): RunRecord | undefined {
  if (score === undefined) return undefined;
  const record = syntheticRecord();
  record.run.stage = "trial";
  if (score === null) {
    record.status = "failed";
    record.error = { name: "DivergedError", code: "E_DIVERGED", message: "", stack: null, exitCode: 1, signal: null };
    return record;
  }
  Object.assign(record.scores!.best, { score, loss });
  return record;
}

describe("a search", () => {
  test("keeps the better half of each rung and chooses the best of the last", () => {
    const { trials, chosen } = follow(8, (number) => 50 - Math.abs(number - 6));
    expect(trials.map(({ number, rung }) => [rung, number])).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => [1, number]),
      ...[4, 5, 6, 7].map((number) => [2, number]),
      ...[5, 6].map((number) => [3, number]),
    ]);
    expect(chosen).toMatchObject({ trial: 6, of: 8, learningRate: trialRates(1e-3, 8, 3)[5], validationScore: 50 });
    expect(chosen!.edge).toBeNull();
  });

  test("knows no more than its records allow", () => {
    const open = follow(8, (number, rung) => (rung === 1 || number === 5 ? number : undefined));
    expect(open.trials.map(({ rung }) => rung)).toEqual([...Array(8).fill(1), ...Array(4).fill(2)]);
    expect(open.chosen).toBeNull();
  });

  test("takes of equal scores the rate nearest to the method's own", () => {
    expect(follow(8, () => 50, "grid").chosen!.trial).toBe(4);
  });

  test("takes of equal scores the lower loss, in each rung, and one without a loss last", () => {
    const lossOf = (number: number): number | null => (number === 4 ? null : Math.abs(number - 7));
    const { trials, chosen } = follow(8, () => 50, "halving", lossOf);
    const secondRung = trials.filter(({ rung }) => rung === 2).map(({ number }) => number);
    expect(secondRung).toEqual([5, 6, 7, 8]);
    expect(chosen!.trial).toBe(7);
    expect(follow(8, (number) => number, "grid", lossOf).chosen!.trial).toBe(8);
  });

  test.each([
    [1, "lowest"],
    [8, "highest"],
  ] as const)("says that choice %i is at the edge of the space", (best, edge) => {
    expect(follow(8, (number) => -Math.abs(number - best)).chosen!.edge).toBe(edge);
  });

  test("counts a trial that diverged as the worst, and chooses nothing where all did", () => {
    expect(follow(8, (number) => (number > 3 ? null : number)).chosen!.trial).toBe(3);
    expect(follow(4, () => null).chosen).toBeNull();
  });

  test("waits for a trial that failed otherwise, as it may end otherwise when it is run again", () => {
    const record = recordOf(null)!;
    expect(isSettled(record)).toBe(true);
    record.error!.code = "E_OUT_OF_MEMORY";
    expect(isSettled(record)).toBe(false);
    expect(
      isSettled({ ...record, error: { ...record.error!, code: "E_DIVERGED" }, run: { ...record.run, stage: "final" } }),
    ).toBe(false);
  });
});
