import type { RunIdentity, RunRecord } from "@petl/results";
import { describe, expect, test } from "vitest";
import { buildReport, type ReportOptions, renderTable } from "../../src/index.js";
import { type SyntheticOptions, syntheticMethods, syntheticRecord } from "../record-factory.js";

const [all, update] = syntheticMethods as [(typeof syntheticMethods)[0], (typeof syntheticMethods)[0]];
const options: ReportOptions = { reference: "all-weights" };
const sha = (digit: string): string => digit.repeat(64);

const source: NonNullable<RunRecord["backboneSource"]> = {
  ...{ name: "synthetic-backbone", kind: "directory", revision: null },
  ...{ sha256: sha("1"), paramsSha256: sha("2") },
};
const identity: RunIdentity = {
  method: { packageName: "@example/m", sha256: sha("a") },
  backbone: { reference: "/ck", family: "t5", modelType: "t5", revision: null, files: [], paramsSha256: sha("2") },
  data: [],
  device: { name: "cpu", threads: 1, kernels: "blas" },
  settingsSha256: sha("c"),
};

/** The report of one method as it is and another with changes. */
function reportOf(changed: SyntheticOptions, usual: SyntheticOptions = {}) {
  const shared = { backboneSource: source, identity };
  const record = (own: SyntheticOptions) => ({ ...own, changes: { ...shared, ...own.changes } });
  return buildReport([syntheticRecord(all, record(usual)), syntheticRecord(update, record(changed))], options);
}

describe("N7: runs that differ never share a table without a word", () => {
  test.each([
    [
      "threads",
      { settings: { threads: 4 }, changes: { identity: withDevice({ threads: 4 }) } },
      /threads 1$/,
      /threads 4$/,
    ],
    [
      "kernels",
      { changes: { identity: withDevice({ kernels: "wasm relaxed" }) } },
      /kernels blas$/,
      /kernels wasm relaxed$/,
    ],
    [
      "weights of one name",
      { changes: { backboneSource: { ...source, sha256: sha("3"), paramsSha256: sha("4") } } },
      /weights 22222222$/,
      /weights 44444444$/,
    ],
    [
      "revisions",
      { changes: { backboneSource: { ...source, revision: "5".repeat(40) } } },
      /revision none$/,
      /revision 555555555555$/,
    ],
  ] as [string, SyntheticOptions, RegExp, RegExp][])(
    "%s are groups, and their names say so",
    (_, changed, here, there) => {
      const { groups } = reportOf(changed);
      expect(groups).toHaveLength(2);
      const names = groups.map(({ name }) => name).sort((a, b) => (here.test(a) ? -1 : here.test(b) ? 1 : 0));
      expect(names[0]).toMatch(here);
      expect(names[1]).toMatch(there);
    },
  );

  test("epochs are variants, between methods and between seeds of one", () => {
    const labels = (model: ReturnType<typeof reportOf>) =>
      model.groups.flatMap((group) => group.variants.map((each) => each.label));
    expect(labels(reportOf({ settings: { epochs: 9 } }))).toEqual([
      "all-weights (epochs=4)",
      "small-update (epochs=9)",
    ]);
    expect(labels(reportOf({}))).toEqual(["all-weights", "small-update"]);
    const seeds = [4, 9].map((epochs, seed) => syntheticRecord(update, { seed, settings: { epochs } }));
    expect(labels(buildReport(seeds, options))).toEqual(["small-update (epochs=4)", "small-update (epochs=9)"]);
  });

  test("frozen weights in other bits are variants of one table, whichever run comes first", () => {
    const stored = { changes: { backboneSource: { ...source, paramsSha256: null } } };
    const labels = (changed: SyntheticOptions, usual?: SyntheticOptions) => {
      const { groups } = reportOf(changed, usual);
      expect(groups).toHaveLength(1);
      return groups[0]!.variants.map(({ label }) => label);
    };
    const nf4 = { settings: { backboneDtype: "nf4" }, ...stored } as const;
    expect(labels(nf4)).toEqual(["all-weights (backboneDtype=f32)", "small-update (backboneDtype=nf4)"]);
    expect(labels({}, nf4)).toEqual(["all-weights (backboneDtype=nf4)", "small-update (backboneDtype=f32)"]);
    expect(labels({})).toEqual(["all-weights", "small-update"]);
  });

  test("tasks of a suite may have settings of their own", () => {
    const records = [all, update].flatMap((method) =>
      ["sst2", "rte"].map((task) => syntheticRecord(method, { task, settings: { epochs: task.length } })),
    );
    const [group, ...more] = buildReport(records, options).groups;
    expect(more).toEqual([]);
    expect(group!.variants.map(({ label }) => label)).toEqual(["all-weights", "small-update"]);
  });
});

function withDevice(change: Partial<RunIdentity["device"]>): RunIdentity {
  return { ...identity, device: { ...identity.device, ...change } };
}

test("N1: runs of an earlier version of a method are left out of the table, which says so", () => {
  const run = (endedAt: string, digit: string, task: string) =>
    syntheticRecord(all, {
      task,
      changes: {
        ...{ endedAt, id: `${task}-${digit}` },
        identity: { ...identity, method: { ...identity.method, sha256: sha(digit) } },
      },
    });
  const before = [run("2020-01-01T00:01:00.000Z", "a", "sst2"), run("2020-01-01T00:02:00.000Z", "a", "rte")];
  const model = buildReport([...before, run("2020-01-01T00:03:00.000Z", "b", "sst2")], options);
  expect(model.groups[0]!.tasks.map(({ name }) => name)).toEqual(["sst2"]);
  expect(model.groups[0]!.runs).toHaveLength(1);
  expect(model.leftOut.map(({ what, kind }) => `${kind} ${what}`).sort()).toEqual([
    "superseded all-weights on rte, seed 0 (rte-a)",
    "superseded all-weights on sst2, seed 0 (sst2-a)",
  ]);
  const table = renderTable(model, { width: 200, color: false, unicode: true } as never);
  expect(table).toContain("it ran an earlier version of the method (source aaaaaaaaaaaa)");
});
