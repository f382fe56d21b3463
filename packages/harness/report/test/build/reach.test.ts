import { buildReport, renderMarkdown } from "@petl/report";
import type { RunRecord } from "@petl/results";
import { expect, test } from "vitest";
import { syntheticGrid, syntheticMethods, syntheticRecord } from "../record-factory.js";
import { tunedSuite } from "../tuned-suite.js";

const options = { reference: "all-weights" } as const;
const reach = (records: readonly RunRecord[], share?: number) =>
  buildReport(records, share === undefined ? options : { ...options, reachShare: share }).groups[0]!.reach;

test("the first evaluation at 95 % of the reference's best, and what training had cost by then", () => {
  // scores of seed 0 on SST-2 after 10, 20, 30 and 40 updates: all-weights 63 to 78, off-path 59 to 74, in steps of 5
  const [task] = reach(syntheticGrid(["sst2"], [0], { energy: true }));
  expect(task!.target).toBeCloseTo(0.95 * 78);
  expect(task!.rows.map(({ updates, timeS, energyJ }) => [updates.value, timeS.value, energyJ.value])).toEqual([
    [40, 100, 4500],
    [null, null, null],
    [40, 75, 3375],
  ]);
  expect(task!.rows[1]!.updates.reason).toBe("not reached in 1 of 1 seed");
});

test("the share is an option, costs are relative to the reference's, and means are over seeds", () => {
  const [task] = reach(syntheticGrid(["sst2"], [0, 1]), 0.9);
  expect(task!.target).toBeCloseTo(0.9 * 78.5);
  // all-weights: 73 after 30 updates and 74; off-path: 74 after 40, and 75; later epochs of off-path take a third of the first
  expect(task!.rows.map(({ updates }) => updates.value)).toEqual([30, 40, 30]);
  expect(task!.rows.map(({ timeS }) => timeS.value)).toEqual([75, 25, 56.25].map((value) => expect.closeTo(value)));
  expect(task!.rows[1]!.updates.relative).toBeCloseTo(4 / 3);
  expect(task!.rows[0]!.energyJ.reason).toBe("no nvidia-smi on this machine");
});

test("a score that equals the target reaches it", () => {
  expect(reach(syntheticGrid(["sst2"], [0]), 1)[0]!.rows[0]!.updates.value).toBe(40);
});

test("one seed of two that does not get there leaves no figure, and is counted", () => {
  const low = syntheticRecord({ ...syntheticMethods[1]!, score: 60 }, { seed: 1 });
  const records = [...syntheticGrid(["sst2"], [0]), low];
  expect(reach(records)[0]!.rows[2]!.updates.reason).toBe("not reached in 1 of 2 seeds");
  expect(renderMarkdown(buildReport(records, options)).markdown).toContain("n/a: not reached in 1 of 2 seeds");
});

test("an evaluation within an epoch costs its share of it, one after the last finished epoch its share of the rest", () => {
  const [method] = syntheticMethods;
  const record = syntheticRecord(method!);
  const at = (step: number, epochs: RunRecord["epochs"]) => {
    const evaluations = [{ ...record.scores!.evaluations[3]!, step }];
    return reach([{ ...record, epochs, scores: { ...record.scores!, evaluations } }])[0]!.rows[0]!.timeS.value;
  };
  expect(at(15, record.epochs)).toBeCloseTo(25 + 12.5);
  expect(at(35, record.epochs.slice(0, 3))).toBeCloseTo(75 + 12.5);
  expect(at(20, [])).toBeCloseTo(50);
});

test("under the tuned protocol the target is on held-out examples; one that is reached without training is noted", () => {
  const [task] = reach(tunedSuite(["sst2"], [0]));
  expect(task!.target).toBeCloseTo(0.95 * 78);
  expect(task!.note).toBeNull();
  expect(reach(tunedSuite(["sst2"], [0]), 0.5)[0]!.note).toBe(
    "reached without training: the constant answer scores 50.0 on dev",
  );
});

test("without a reference there is nothing to reach", () => {
  expect(buildReport(syntheticGrid(["sst2"], [0]), { reference: null }).groups[0]!.reach).toEqual([]);
});
