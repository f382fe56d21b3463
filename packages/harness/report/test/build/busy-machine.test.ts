import type { RunRecord } from "@petl/results";
import { describe, expect, test } from "vitest";
import { busyMachine, disturbedNote } from "../../src/build/busy-machine.js";
import { buildReport, renderTable } from "../../src/index.js";
import type { ReportGroup } from "../../src/model/model.js";
import { type SyntheticMethod, type SyntheticOptions, syntheticMethods, syntheticRecord } from "../record-factory.js";
import { tunedSuite } from "../tuned-suite.js";

const [all, update, offPath] = syntheticMethods as [SyntheticMethod, SyntheticMethod, SyntheticMethod];

interface Machine {
  readonly cores: number;
  readonly threads: number | null;
}

/** A run during whose training others took a share of the processors; null: it was not measured. */
function run(
  share: number | null,
  method = all,
  { cores, threads }: Machine = { cores: 8, threads: 1 },
  options: SyntheticOptions = {},
): RunRecord {
  const record = syntheticRecord(method, options);
  return { ...record, ...disturbedBy(share, { cores, threads }) };
}

/** What a record says of others' work and of the processors that it had for itself. */
function disturbedBy(share: number | null, { cores, threads }: Machine = { cores: 8, threads: 1 }) {
  const { environment } = syntheticRecord(all);
  return {
    load: { othersBusyShare: { training: share, evaluation: 0 }, loadAverage: null, reason: null },
    environment: { ...environment, cores },
    identity: {
      method: { packageName: "@example/m", sha256: "a".repeat(64) },
      backbone: { reference: "b", family: "t5", modelType: null, revision: null, files: [], paramsSha256: null },
      data: [],
      device: { name: "cpu", threads, kernels: null },
      settingsSha256: "c".repeat(64),
    },
  };
}

const isNamed = (record: RunRecord): boolean => busyMachine([record]).length > 0;

describe("a run is named as disturbed", () => {
  test.each([
    [
      "a thread has processors to spare, but others take more than a tenth of all",
      0.11,
      { cores: 64, threads: 1 },
      true,
    ],
    ["others take less, and no processor that it needs", 0.09, { cores: 64, threads: 1 }, false],
    ["the other of two processors is busy", 0.5, { cores: 2, threads: 1 }, true],
    ["it needs all processors and others take a sixth of one", 0.16 / 64, { cores: 64, threads: 64 }, true],
    ["it needs all processors and others take a twentieth of one", 0.05 / 64, { cores: 64, threads: 64 }, false],
    ["it needs all but one, which others take", 1 / 64, { cores: 64, threads: 63 }, false],
    ["its threads are not known and others take a little", 0.05, { cores: 2, threads: null }, false],
    [
      "it has more threads than there are processors and others take next to nothing",
      0.01,
      { cores: 2, threads: 4 },
      false,
    ],
    ["nothing was measured", null, { cores: 2, threads: 2 }, false],
  ] as const)("where %s: %s of %j: %s", (_, share, machine, expected) => {
    expect(isNamed(run(share, all, machine))).toBe(expected);
  });
});

test("the sentence names the most disturbed runs and gives the mean over the time they trained", () => {
  // all-weights trains 100 s, small-update 75 s, off-path 25 s
  const records = [run(0.02), run(0.2, update), run(0.6, offPath, undefined, { task: "rte", seed: 3 })];
  expect(busyMachine(records)).toEqual([
    "While 2 of 3 runs trained, other work kept 30 % of the machine's processors busy: off-path on RTE, seed 3; small-update on " +
      "SST-2, seed 0. Their times and ratios of times are not to be trusted.",
  ]);
});

test("of many runs the most disturbed are named, and of all none", () => {
  const runs = [1, 2, 3, 4, 5, 6].map((seed) => run(seed / 10, all, undefined, { seed }));
  expect(busyMachine([...runs, run(0.01)])[0]).toContain(
    "all-weights on SST-2, seed 6; all-weights on SST-2, seed 5; all-weights on SST-2, seed 4; 2 more. Their",
  );
  expect(busyMachine(runs.slice(1))[0]).toBe(
    "While all 5 runs trained, other work kept 40 % of the machine's processors busy. Times and ratios of times are not to be trusted.",
  );
  expect(busyMachine(runs.slice(1, 2))[0]).toMatch(/^While the run trained, other work kept 20 % /);
});

test("of trials, of which reports show sums alone, only how many; the runs compared are not blamed for them", () => {
  const trial = (share: number, seed: number): RunRecord => {
    const record = run(share, all, undefined, { seed });
    return { ...record, run: { ...record.run, stage: "trial" } };
  };
  expect(busyMachine([run(0.01), trial(0.5, 1), trial(0.01, 2)])).toEqual([
    "While 1 of 2 trials trained, other work kept 50 % of the machine's processors busy. The times and ratios of times of searches are not " +
      "to be trusted.",
  ]);
  expect(busyMachine([run(0.5), trial(0.5, 1)])).toEqual([
    "While the run trained, other work kept 50 % of the machine's processors busy. Times and ratios of times are not to be trusted.",
    "While the trial trained, other work kept 50 % of the machine's processors busy. The times and ratios of times of searches are not " +
      "to be trusted.",
  ]);
});

test("what a search took has a note where one of its trials was disturbed", () => {
  const tuned = tunedSuite(["sst2"], [0]);
  const first = tuned.find(({ run }) => run.stage === "trial");
  const records = tuned.map((record) => ({ ...record, ...disturbedBy(record === first ? 0.5 : 0) }));
  const [{ summary, search }] = buildReport(records, { reference: null }).groups as [ReportGroup];
  const disturbed = search.filter(({ costs }) => costs.timeS.note !== undefined);
  expect(disturbed.map(({ costs }) => costs.timeS.note)).toEqual([disturbedNote]);
  expect(summary.filter(({ searchCosts }) => searchCosts!.timeS.note === disturbedNote)).toHaveLength(1);
});

test("energies of the whole machine are as wrong; those of a GPU are not", () => {
  const withEnergy = (source: string): RunRecord => {
    const record = run(0.3, all, undefined, { energy: true });
    return { ...record, energy: { ...record.energy!, source } };
  };
  expect(busyMachine([withEnergy("RAPL, whole machine")])[0]).toContain("energies (which are the whole machine's)");
  expect(busyMachine([withEnergy("nvidia-smi power.draw (instant)")])[0]).not.toContain("energies");
});

test("times of a disturbed run have a note, in the summary too; earlier records have the general remark alone", () => {
  const [group] = buildReport([run(0.5), run(0.01, update)], { reference: "all-weights" }).groups;
  const note = "other work kept the machine busy meanwhile: not to be trusted";
  expect(group!.summary.map(({ costs }) => [costs.trainTimeS.note, costs.peakHostBytes.note])).toEqual([
    [note, undefined],
    [`the reference's: ${note}`, undefined],
  ]);
  expect(renderTable(buildReport([run(0.5), run(0.01, update)], { reference: null }))).toContain(`] ${note}`);
  const remark = /shared with other work, treat them as rough/;
  expect(group!.timeNotices).toEqual([]);
  expect(buildReport([run(0.01), run(null, update)], { reference: null }).groups[0]!.timeNotices[0]).toMatch(remark);
});

test("only completed runs count, and a report says it before any figure; earlier records have no load and no such line", () => {
  const failed = { ...run(0.9, update), status: "failed" as const };
  expect(busyMachine([run(0.01), failed])).toEqual([]);
  const line = /While all 2 runs trained, other work kept 50 %/;
  const headlines = (records: RunRecord[]) => buildReport(records, { reference: null }).groups[0]!.headlines.join("\n");
  expect(headlines([run(0.5), run(0.5, update)])).toMatch(line);
  expect(headlines([syntheticRecord(all), syntheticRecord(update)])).not.toContain("other work");
});

test("a share of a disturbed reference's time is marked where the method itself was not disturbed", () => {
  const noteOf = (records: readonly RunRecord[]) =>
    buildReport(records, { reference: "all-weights" }).groups[0]!.summary.map(({ costs }) => costs.trainTimeS.note);
  const own = "other work kept the machine busy meanwhile: not to be trusted";
  expect(noteOf([run(0.6), run(0.01, offPath)])).toEqual([own, `the reference's: ${own}`]);
  expect(noteOf([run(0.01), run(0.6, offPath)])).toEqual([undefined, own]);
  expect(noteOf([run(0.01), run(0.01, offPath)])).toEqual([undefined, undefined]);
});
