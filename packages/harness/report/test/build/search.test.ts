import { buildReport, renderMarkdown } from "@petl/report";
import { expect, test } from "vitest";
import { syntheticRecord } from "../record-factory.js";
import { tunedMethods, tunedSuite } from "../tuned-suite.js";

const options = { reference: "all-weights" } as const;
const group = (records = tunedSuite(["sst2", "rte"], [0, 1])) => buildReport(records, options).groups[0]!;

test("a search is a row a task and method: choice, edge, trials that diverged, and what it cost", () => {
  const { search, variants } = group();
  expect(search.map(({ taskLabel, label }) => `${taskLabel} ${label}`)).toEqual(
    ["SST-2", "RTE"].flatMap((task) => variants.map(({ label }) => `${task} ${label}`)),
  );
  const [all, offPath, update] = search;
  expect(all).toMatchObject({ trials: 4, rungs: 2, diverged: 1 });
  expect(all!.chosen).toEqual([{ trial: 2, of: 4, learningRate: 1e-4, validationScore: 75, edge: null }]);
  expect(update!.chosen[0]!.edge).toBe("highest");
  // four trials of 10 updates and two of 20, a second an update; each evaluation takes 2 s
  expect(all!.costs.timeS.value).toBe(4 * 12 + 2 * 22);
  expect(offPath!.costs.timeS.value).toBe(4 * 4.5 + 2 * 7);
  expect(offPath!.costs.energyJ.value).toBe(6 * 1250);
});

test("the summary has what the searches of its tasks cost, and one of a single choice at an edge is a headline", () => {
  const { summary, headlines } = group();
  expect(summary.map(({ searchCosts }) => searchCosts!.timeS.value)).toEqual([184, 64, 2 * (4 * 9.5 + 2 * 17)]);
  expect(summary[1]!.searchCosts!.timeS.relative).toBeCloseTo(64 / 184);
  expect(headlines).toContain(
    "2 searches (small-update on SST-2 and RTE) chose the lowest or highest rate tried: a wider space may hold a better one.",
  );
});

test("trials are those of the runs that train as long as they say; without that, of every run with what they chose", () => {
  const [method] = tunedMethods;
  const length = { steps: null, evalEvery: null, patience: null };
  const suiteOf = (epochs: number, isSaid = true) =>
    tunedSuite(["sst2"], [0], [method!]).map((record) => {
      const { run, id } = record;
      const trial = run.trial && isSaid ? { ...run.trial, whole: { ...length, epochs } } : run.trial;
      const settings = run.stage === "final" ? { ...run.settings, epochs } : run.settings;
      return { ...record, id: `${id}-${epochs}`, run: { ...run, trial, settings } };
    });
  const [short, long] = [suiteOf(4), suiteOf(32)];
  const rows = (records: typeof short) => group(records).search.map(({ label, costs }) => [label, costs.timeS.value]);
  expect(rows([...short, ...long])).toEqual([
    ["all-weights (epochs=32)", 92],
    ["all-weights (epochs=4)", 92],
  ]);
  const isTrial = ({ run }: (typeof short)[number]) => run.stage === "trial";
  expect(rows([...short.filter(isTrial), ...long.filter((record) => !isTrial(record))])).toEqual([["all-weights", 92]]);
  expect(rows([...suiteOf(4, false), ...long.filter((record) => !isTrial(record))])).toEqual([
    ["all-weights (epochs=32)", 92],
    ["all-weights (epochs=4)", 92],
  ]);
});

test("a trial that diverged is no failure; one that failed otherwise is", () => {
  const records = tunedSuite(["sst2"], [0]);
  expect(buildReport(records, options).leftOut).toEqual([]);
  const broken = records.map((record) =>
    record.status === "failed" ? { ...record, error: { ...record.error!, code: "E_MEMORY" } } : record,
  );
  expect(buildReport(broken, options).leftOut).toEqual([
    {
      kind: "failed",
      what: expect.stringContaining("all-weights on sst2, seed 0, trial 4 of 4, rung 1"),
      why: expect.any(String),
    },
  ]);
});

test("trials form no variants, seeds, results or runs", () => {
  const model = buildReport(tunedSuite(["sst2"], [3, 4]), options);
  const [own] = model.groups;
  expect([model.runs, model.trials]).toEqual([6, 18]);
  expect(own!.variants.map(({ label }) => label)).toEqual(["all-weights", "off-path", "small-update"]);
  expect(own!.results.map(({ seeds }) => seeds)).toEqual([
    [3, 4],
    [3, 4],
    [3, 4],
  ]);
  expect(own!.runs).toHaveLength(6);
  expect(own!.facts.find(({ label }) => label === "Seeds")?.value).toBe("3, 4");
});

test("a searched rate splits no method, whatever it is on each task; a given one beside it does", () => {
  const records = tunedSuite(["sst2", "rte"], [0]).map((record) =>
    record.run.task === "rte" && record.run.stage === "final"
      ? { ...record, run: { ...record.run, settings: { ...record.run.settings, learningRate: 0.7, warmupSteps: 9 } } }
      : record,
  );
  expect(group(records).variants.map(({ label }) => label)).toEqual(["all-weights", "off-path", "small-update"]);
  expect(group(records).settings.find(({ label }) => label === "Learning rate")?.value).toBe(
    "chosen for each method and task",
  );
  const given = syntheticRecord(tunedMethods[2]!, { settings: { protocol: "tuned" }, changes: { id: "given" } });
  expect(group([...records, given]).variants.map(({ label }) => label)).toContain("off-path (learningRate=searched)");
});

test("the expected best of the first rung's trials; one that diverged counts as the lowest of the task", () => {
  const { expectedBest, variants } = group(tunedSuite(["sst2"], [0]));
  const [all] = expectedBest[0]!.lines;
  expect(all!.variant).toBe(variants[0]!.id);
  expect(all!.points.map(([trials]) => trials)).toEqual([1, 2, 3, 4]);
  expect(all!.points[0]![1]).toBeCloseTo((60 + 74 + 70 + 50) / 4); // 50 is the lowest of off-path
  // of two draws with replacement: 74 with 7 of 16 chances, 70 with 5, 60 with 3, 50 with 1
  expect(all!.points[1]![1]).toBeCloseTo((7 * 74 + 5 * 70 + 3 * 60 + 50) / 16);
});

test("a choice without its trials has a cost that is not known, and trials without a run no choice", () => {
  const all = tunedSuite(["sst2"], [0]);
  const lost = group(all.filter(({ run }) => run.stage === "final")).search[0]!;
  expect(lost).toMatchObject({
    trials: 4,
    costs: { timeS: { value: null, reason: "the records of the trials are not here" } },
  });
  const model = buildReport(
    all.filter(({ run }) => run.stage !== "final"),
    options,
  );
  expect(model.groups[0]!.search.map(({ label, variant, chosen }) => [label, variant, chosen])).toEqual(
    ["all-weights", "off-path", "small-update"].map((label) => [label, null, []]),
  );
  expect(renderMarkdown(model).markdown).toContain("nothing was run with the choice yet");
  expect(model.groups[0]!.headlines).toContain("No run that is compared was made yet, only those before it.");
});

test("energy of the search is missing with its reason where a trial has none", () => {
  const records = tunedSuite(["sst2"], [0]).map((record) =>
    record.run.stage === "trial"
      ? { ...record, energy: { ...record.energy!, grossJ: null, reason: "no sensor" } }
      : record,
  );
  expect(group(records).search[0]!.costs.energyJ).toEqual({ value: null, reason: "no sensor", relative: null });
});
