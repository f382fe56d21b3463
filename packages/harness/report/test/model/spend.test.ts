import { buildReport, type ReportModel } from "@petl/report";
import { expect, test } from "vitest";
import { syntheticGrid, syntheticMethods, syntheticRecord } from "../record-factory.js";

const options = { reference: "all-weights" } as const;
const lines = (
  group: ReportModel["groups"][number],
  kind: "time" | "energy",
): Record<string, readonly (readonly [number, number])[]> =>
  Object.fromEntries(
    group.spend[kind].map(({ variant, points }) => [group.variants.find(({ id }) => id === variant)?.label, points]),
  );

test("a point an epoch: cost so far summed over tasks, against the mean score then", () => {
  const [group] = buildReport(syntheticGrid(["sst2", "rte"], [0, 1], { energy: true }), options).groups;
  // off-path: 25 s of training a task, half of it in the first epoch; scores 76 + seed - letters / 2 - (40 - step) / 2
  const spent = lines(group!, "time")["off-path"]!;
  expect(spent.map(([atS]) => atS)).toEqual([25, 25 + 50 / 6, 25 + 100 / 6, 50].map((value) => expect.closeTo(value)));
  expect(spent.map(([, score]) => score)).toEqual([59.75, 64.75, 69.75, 74.75]);
  expect(lines(group!, "energy")["all-weights"]!.at(-1)?.[0]).toBeCloseTo(9000);
  expect(group!.curves[0]!.spend.time).toHaveLength(6);
});

test("without energy, epochs or a second epoch there is no such line, and none where tasks had other numbers of epochs", () => {
  const records = syntheticGrid(["sst2", "rte"], [0]);
  const first = buildReport(records, options).groups[0]!;
  expect([first.spend.energy, first.spend.time.length]).toEqual([[], 3]);
  const without = records.map((record) => ({ ...record, epochs: [] }));
  expect(buildReport(without, options).groups[0]!.spend.time).toEqual([]);
  const uneven = records.map((record) =>
    record.run.task === "rte" ? { ...record, epochs: record.epochs.slice(0, 3) } : record,
  );
  expect(buildReport(uneven, options).groups[0]!.spend.time).toEqual([]);
});

test("the energy is set beside the driver's counter and a once-a-minute sampler, over seeds", () => {
  const [method] = syntheticMethods;
  const records = [0, 1].map((seed) => syntheticRecord(method!, { energy: true, seed }));
  const slow = { ...records[1]!.energy!.training!.onceAMinute!, minJ: 450, meanJ: 4500 * 1.03 };
  const other = {
    ...records[1]!,
    energy: { ...records[1]!.energy!, training: { ...records[1]!.energy!.training!, onceAMinute: slow } },
  };
  const [result] = buildReport([records[0]!, other], options).groups[0]!.results;
  expect(result?.energyCheck).toEqual({
    trainJ: 4500,
    counterOff: expect.closeTo(0.02),
    onceAMinute: {
      meanOff: expect.closeTo(0.02),
      lowestOff: expect.closeTo(-0.9),
      highestOff: expect.closeTo(0.25),
      emptyShare: 0.25,
    },
    flags: [],
  });
});

test("first and later epochs are told apart, with what a cache answered", () => {
  const [, , offPath] = syntheticMethods;
  const figures = {
    ...{ examples: 320, examplesCovered: 320, lookups: 1280, hits: 960, evicted: 0 },
    ...{ memoryBytes: 5e6, diskBytes: 1e6, memoryBudgetBytes: 1e9, diskBudgetBytes: 1e9, corrupt: 0, inherited: 0 },
    ...{ exact: true, warnings: [] },
  };
  const record = syntheticRecord(offPath!, { changes: { activationCache: { reason: null, figures } } });
  const [result] = buildReport([record], options).groups[0]!.results;
  expect(result?.epochs).toMatchObject({ epochs: 4, firstS: 12.5, firstForwards: 256, laterForwards: 0 });
  expect(result?.epochs?.laterS).toBeCloseTo(25 / 6);
  expect(result?.epochs?.cache).toEqual({ hitRate: 0.75, bytes: 6e6 });
});
