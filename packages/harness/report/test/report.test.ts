import { buildReport, renderHtml, renderMarkdown, renderTable, resultsJson } from "@petl/report";
import type { RunRecord } from "@petl/results";
import { expect, test } from "vitest";
import { syntheticGrid, syntheticMethods, syntheticRecord } from "./record-factory.js";
import { tunedSuite } from "./tuned-suite.js";

const [all, update, offPath] = syntheticMethods as [
  (typeof syntheticMethods)[0],
  (typeof syntheticMethods)[0],
  (typeof syntheticMethods)[0],
];
const options = { reference: "all-weights" } as const;
const glue9 = ["cola", "sst2", "mrpc", "qqp", "stsb", "mnli", "qnli", "rte", "wnli"];

function failed(record: RunRecord): RunRecord {
  const error = { name: "TensorError", code: "E_MEMORY", message: "no room", stack: null, exitCode: 1, signal: null };
  return { ...record, status: "failed", error, scores: null, time: null, memory: null, energy: null };
}

function only<T>(items: readonly T[]): T {
  expect(items).toHaveLength(1);
  return items[0]!;
}

test("relative figures are the costs over the reference's and the difference of the mean scores", () => {
  const group = only(buildReport(syntheticGrid(["sst2", "rte"], [0, 1], { energy: true }), options).groups);
  const row = (method: string) => group.summary[group.variants.findIndex((variant) => variant.method === method)]!;
  expect(group.variants.map(({ label }) => label)).toEqual(["all-weights", "off-path", "small-update"]);
  expect(row("off-path").costs.trainTimeS).toEqual({ value: 50, reason: null, relative: 0.25 });
  expect(row("off-path").costs.peakTensorBytes).toEqual({ value: 100e6, reason: null, relative: 0.25 });
  expect(row("off-path").costs.energyJ).toEqual({ value: 2500, reason: null, relative: 0.25 });
  expect(row("off-path").means[0]).toMatchObject({ name: "mean of 2 tasks", mean: 74.75, relative: -4, count: 2 });
  expect(row("off-path").means[0]?.deviation).toBeCloseTo(Math.SQRT1_2, 12);
  expect(row("off-path").counts).toMatchObject({ backwardLayers: 0, layers: 4 });
});

test("the interval of a mean is narrower than those of its tasks, whose examples are drawn apart", () => {
  const [row] = only(buildReport(syntheticGrid(["sst2", "rte"], [0]), options).groups).summary;
  const { mean, interval } = row!.means[0]!; // on each task, 8 below and 6 above the score
  expect(interval!.low).toBeCloseTo(mean - 8 / Math.SQRT2);
  expect(interval!.high).toBeCloseTo(mean + 6 / Math.SQRT2);
});

test("a task that failed for one method leaves the comparison for all, and is named", () => {
  const records = syntheticGrid(["sst2", "rte"], [0]);
  const broken = records.map((record) => (record.id === "small-update-rte-0-5e4d" ? failed(record) : record));
  const model = buildReport(broken, options);
  const group = only(model.groups);
  expect(group.commonTasks).toEqual(["sst2"]);
  expect(only(group.excludedTasks)).toMatchObject({ name: "rte", reasons: ["small-update failed"] });
  expect(group.summary[0]?.costs.trainTimeS.value).toBe(100);
  expect(only(model.leftOut)).toMatchObject({ kind: "failed", why: "TensorError: no room (E_MEMORY, exit code 1)" });
  expect(renderMarkdown(model).markdown).toContain(
    "RTE is left out of this table for all methods: small-update failed.",
  );
});

test("a method without any completed run is listed but does not empty the comparison", () => {
  const records = [...syntheticGrid(["sst2"], [0]).slice(0, 2), failed(syntheticRecord(offPath))];
  const group = only(buildReport(records, options).groups);
  expect(group.commonTasks).toEqual(["sst2"]);
  const row = group.summary[group.variants.findIndex(({ method }) => method === "off-path")]!;
  expect(row.means).toEqual([]);
  expect(row.costs.trainTimeS).toEqual({ value: null, reason: "no completed run", relative: null });
});

test("GLUE-9 and GLUE-8 are named only when none of their tasks lacks", () => {
  const names = (records: RunRecord[]) =>
    only(buildReport(records, options).groups).summary[0]?.means.map(({ name }) => name);
  expect(names(syntheticGrid(glue9, [0]))).toEqual(["GLUE-9", "GLUE-8"]);
  expect(names(syntheticGrid(glue9.slice(0, 8), [0]))).toEqual(["GLUE-8"]);
  expect(names(syntheticGrid(glue9.slice(1), [0]))).toEqual(["mean of 8 tasks"]);
  expect(names(syntheticGrid(["rte"], [0]))).toEqual(["mean of 1 task"]);
});

test("MNLI on one of its two sets is called so, also in the name of the mean", () => {
  const rename = (split: string[]) => (record: RunRecord) => {
    const evaluations = split.map((name) => ({ ...record.scores!.evaluations[3]!, split: name }));
    return record.run.task === "mnli" ? { ...record, scores: { ...record.scores!, evaluations } } : record;
  };
  const matched = only(buildReport(syntheticGrid(glue9, [0]).map(rename(["dev_matched"])), options).groups);
  expect(matched.tasks.map(({ label }) => label)).toContain("MNLI-m");
  expect(matched.summary[0]?.means[0]?.name).toBe("GLUE-9 (MNLI-m)");
  const other = only(buildReport(syntheticGrid(["mnli"], [0]).map(rename(["dev_mismatched"])), options).groups);
  expect(other.tasks.map(({ label }) => label)).toEqual(["MNLI-mm"]);
  const both = only(buildReport(syntheticGrid(glue9, [0]).map(rename(["dev_matched+dev_mismatched"])), options).groups);
  expect(both.tasks.map(({ label }) => label)).toContain("MNLI");
  expect(both.summary[0]?.means[0]?.name).toBe("GLUE-9");
});

test("missing energy shows its reason and never a zero", () => {
  const model = buildReport(syntheticGrid(["sst2"], [0]), options);
  expect(only(model.groups).summary[0]?.costs.energyJ).toEqual({
    value: null,
    reason: "no nvidia-smi on this machine",
    relative: null,
  });
  for (const text of [renderMarkdown(model).markdown, renderHtml(model), renderTable(model)]) {
    expect(text).toContain("no nvidia-smi on this machine");
    expect(text).not.toMatch(/\b0 k?J\b|\b0 Wh\b/);
  }
});

test("a sum with one part missing is missing, not smaller", () => {
  const records = syntheticGrid(["sst2", "rte"], [0], { energy: true });
  const without = records.map((record) =>
    record.run.task === "rte" ? syntheticRecord(all, { task: "rte", run: record.run }) : record,
  );
  const group = only(buildReport(without, options).groups);
  expect(group.summary[0]?.costs.energyJ.value).toBeNull();
  expect(group.results.find(({ task }) => task === "sst2")?.costs.energyJ.value).toBe(5000);
});

test("runs on another device, backbone or share of the data stand in a group of their own", () => {
  const here = syntheticGrid(["sst2"], [0]);
  const there = syntheticGrid(["sst2"], [0], { run: { device: "other" } });
  const short = syntheticGrid(["sst2"], [0], { settings: { limit: 8 } });
  const model = buildReport([...here, ...there, ...short], options);
  expect(model.groups).toHaveLength(3);
  expect(model.groups.every(({ variants }) => variants.length === 3)).toBe(true);
  expect(renderMarkdown(model).markdown).toMatch(/^## Group 2: /m);
});

test("a run that failed before its data was read stays with its group", () => {
  const crash = failed(syntheticRecord(offPath, { changes: { data: null } }));
  expect(buildReport([syntheticRecord(all), crash], options).groups).toHaveLength(1);
});

test("configurations and sweeps of one method are variants named by what differs", () => {
  const config = (size: number) =>
    syntheticRecord(update, { run: { methodConfig: { size, fixed: 1 } }, changes: { id: `c${size}` } });
  const labels = (records: RunRecord[]) =>
    only(buildReport(records, options).groups).variants.map(({ label }) => label);
  expect(labels([config(4), config(8)])).toEqual(["small-update (size=4)", "small-update (size=8)"]);
  const rate = (learningRate: number) =>
    syntheticRecord(update, { settings: { learningRate }, changes: { id: `r${learningRate}` } });
  expect(labels([rate(0.1), rate(0.2)])).toEqual([
    "small-update (learningRate=0.1)",
    "small-update (learningRate=0.2)",
  ]);
});

test("the reference may be one variant of a method, by its label, which then comes first", () => {
  const config = (size: number) =>
    syntheticRecord(update, { run: { methodConfig: { size } }, changes: { id: `c${size}` } });
  const referenceOf = (reference: string) => {
    const group = only(buildReport([config(4), config(8)], { ...options, reference }).groups);
    return [group.variants.find(({ id }) => id === group.reference)?.label, group.variants[0]?.label];
  };
  expect(referenceOf("small-update (size=8)")).toEqual(["small-update (size=8)", "small-update (size=8)"]);
  expect(referenceOf("small-update")).toEqual(["small-update (size=4)", "small-update (size=4)"]);
  expect(referenceOf("small-update (size=5)")[0]).toBeUndefined();
});

test("of two records of the same run the completed, later one counts and the other is named", () => {
  const old = syntheticRecord(all, { changes: { id: "old" } });
  const next = syntheticRecord(all, { changes: { id: "new", endedAt: "2020-01-02T00:00:00.000Z" } });
  const model = buildReport([next, old], options);
  expect(only(model.leftOut)).toMatchObject({ kind: "superseded", what: expect.stringContaining("(old)") });
  expect(only(model.groups).results[0]?.seeds).toEqual([0]);
});

test("an empty directory says where records lie and what to run", () => {
  const model = buildReport([], { ...options, directories: ["reports/none"] });
  for (const text of [renderMarkdown(model).markdown, renderHtml(model), renderTable(model)]) {
    expect(text).toContain("No run records in reports/none.");
    expect(text).toContain("bench glue");
  }
});

test("failed, cancelled and unreadable runs are all listed with their reason", () => {
  const cancelled = { ...syntheticRecord(update), status: "cancelled" as const, scores: null };
  const problems = [{ file: "runs/cut.json", message: "half-written" }];
  const model = buildReport([syntheticRecord(all), failed(syntheticRecord(offPath)), cancelled], {
    ...options,
    problems,
  });
  expect(model.leftOut.map(({ kind }) => kind)).toEqual(["failed", "cancelled", "unreadable"]);
  const html = renderHtml(model);
  for (const text of ["no room", "stopped by the user", "half-written"]) expect(html).toContain(text);
});

test("without a completed reference nothing is relative, and the report says so", () => {
  const model = buildReport([syntheticRecord(update)], options);
  expect(only(model.groups).summary[0]?.costs.trainTimeS.relative).toBeNull();
  expect(renderTable(model)).toContain("no completed run of all-weights to compare with");
});

test("the result object has one entry a run with the fields of the command line's documentation", () => {
  const { out, device, data, runs, search } = resultsJson(
    [failed(syntheticRecord(update)), syntheticRecord(all)],
    "reports/x",
  );
  expect({ out, device, source: data?.source }).toEqual({ out: "reports/x", device: "cpu", source: "glue" });
  expect(runs[0]).toEqual({
    method: "all-weights",
    config: { size: 4 },
    task: "sst2",
    seed: 0,
    status: "completed",
    stage: "final",
    protocol: "dev",
    learningRate: 0.001,
    chosen: null,
    score: 78,
    interval: { low: 70, high: 84, level: 0.95, resamples: 1000 },
    validationScore: null,
    constant: null,
    untouchedScore: null,
    metrics: { accuracy: 0.78 },
    notices: [],
    trainableParams: 1_000_000,
    headParams: 0,
    totalParams: 1_000_000,
    backwardLayers: 4,
    layers: 4,
    peakTensorBytes: 400e6,
    peakDeviceBytes: null,
    peakHostBytes: 900e6,
    trainTimeS: 100,
    evalTimeS: 10,
    tokensPerS: 100,
    energyJ: null,
    energyReason: "no nvidia-smi on this machine",
    error: null,
  });
  expect(runs[1]).toMatchObject({ status: "failed", score: null, error: { code: "E_MEMORY", message: "no room" } });
  expect(search).toEqual([]);
});

test("the result object of a tuned suite has its baselines and choices, and trials in a list of their own", () => {
  const { runs, search } = resultsJson(tunedSuite(["sst2"], [0]), "reports/x");
  expect(runs.map(({ method, stage }) => `${method} ${stage}`)).toEqual([
    "all-weights final",
    "off-path final",
    "small-update final",
    "untouched baseline",
  ]);
  expect(runs[0]).toMatchObject({
    ...{ protocol: "tuned", learningRate: 1e-4, score: 80, validationScore: 78, untouchedScore: 48 },
    constant: { answer: "negative", score: 50 },
    chosen: { trial: 2, of: 4, learningRate: 1e-4, validationScore: 75, edge: null },
  });
  expect(search).toHaveLength(18);
  expect(
    search
      .filter(({ method }) => method === "all-weights")
      .map(({ trial, score }) => [trial!.rung, trial!.number, score]),
  ).toEqual([
    [1, 1, 60],
    [1, 2, 74],
    [1, 3, 70],
    [1, 4, null],
    [2, 2, 75],
    [2, 3, 71],
  ]);
  expect(search[3]).toMatchObject({ status: "failed", error: { code: "E_DIVERGED" }, learningRate: 0.01 });
});

test("a report says how many updates loss scaling skipped, and nothing where it skipped none", () => {
  const headlines = (...skipped: (number | null)[]) => {
    const scaled = skipped.map((skippedSteps, seed) => {
      const lossScaling = skippedSteps === null ? null : { skippedSteps, lastScale: 1024 };
      return syntheticRecord(update, { seed, changes: { lossScaling } });
    });
    return only(buildReport(scaled, options).groups).headlines.filter((line) => line.includes("Loss scaling"));
  };
  expect(headlines(3, 1, null)).toEqual(["Loss scaling skipped 4 of 80 updates, whose gradients were not finite."]);
  expect(headlines(0, null)).toEqual([]);
});
