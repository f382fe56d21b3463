import { buildReport, renderHtml, renderMarkdown, renderTable } from "@petl/report";
import { expect, test } from "vitest";
import { syntheticGrid, syntheticRecord } from "../record-factory.js";
import { tunedMethods, tunedRecord, tunedSuite } from "../tuned-suite.js";

const options = { reference: "all-weights" } as const;

test("protocols and sizes of what is held out are never in one group", () => {
  const tuned = tunedSuite(["sst2"], [0]);
  const smaller = tuned.map((record) => ({
    ...record,
    run: { ...record.run, settings: { ...record.run.settings, validation: 50 } },
  }));
  const { groups } = buildReport([...syntheticGrid(["sst2"], [0]), ...tuned, ...smaller], options);
  expect(groups.map(({ protocol, variants }) => [protocol, variants.length])).toEqual([
    ["dev", 3],
    ["tuned", 3],
    ["tuned", 3],
  ]);
  const names = groups.map(({ name }) => name);
  expect(new Set(names).size).toBe(3);
  expect(names.filter((name) => name.includes("protocol tuned"))).toHaveLength(2);
});

test("trials, which read no dev file, and the untouched backbone, which trains on nothing, join the runs they are for", () => {
  const sized = (limit: number) =>
    tunedSuite(["sst2"], [0]).map((record) => {
      const files = record.data!.files.concat({ ...record.data!.files[0]!, name: "dev.tsv", sha256: "ef".repeat(32) });
      const data = record.run.stage === "trial" ? record.data : { ...record.data!, files };
      return { ...record, data, run: { ...record.run, settings: { ...record.run.settings, limit } } };
    });
  const records = [...sized(64), ...sized(256).filter(({ run }) => run.stage !== "baseline")];
  const { groups } = buildReport(records, options);
  expect(groups.map(({ search, variants }) => [search.length, variants.length])).toEqual([
    [3, 3],
    [3, 3],
  ]);
  for (const { baselines } of groups) expect(baselines.map(({ scores }) => scores.length)).toEqual([1, 1]);
  expect(
    buildReport(
      sized(64).filter(({ run }) => run.stage === "baseline"),
      options,
    ).groups,
  ).toHaveLength(1);
});

test("rates that an earlier search found are no part of a method's name, but two of them on one task are", () => {
  const given = (rate: number, method = tunedMethods[0]!, id = "") =>
    syntheticRecord(method, {
      settings: { protocol: "tuned", learningRate: rate },
      changes: { id: `${method.name}${id}` },
    });
  const labels = (records: ReturnType<typeof given>[]) =>
    buildReport(records, options).groups[0]!.variants.map(({ label }) => label);
  expect(labels([given(0.1), given(0.2, tunedMethods[1]!)])).toEqual(["all-weights", "small-update"]);
  expect(labels([given(0.1), given(0.2, tunedMethods[0]!, "2")])).toEqual([
    "all-weights (learningRate=0.1)",
    "all-weights (learningRate=0.2)",
  ]);
});

test("a tuned score is the one on dev, and what was held out is beside it", () => {
  const [result] = buildReport([tunedRecord(tunedMethods[0]!)], options).groups[0]!.results;
  expect(result!.score!.mean).toBe(80);
  expect(result!.validation!.mean).toBe(78);
  expect(result!.examples).toBe(200);
  expect(result!.interval!.low).toBeLessThan(80);
  expect(result!.metrics).toEqual([{ name: "accuracy", mean: 0.8 }]);
});

test("a report says above all figures that dev chose, and in its tables how scores came about", () => {
  const loud =
    "Protocol dev: each score is the best evaluation on dev, chosen on the set it is reported on, so all of them are too high.";
  const [dev, tuned] = [syntheticGrid(["sst2"], [0]), tunedSuite(["sst2"], [0])].map((records) =>
    buildReport(records, options),
  );
  for (const text of [renderMarkdown(dev!).markdown, renderHtml(dev!), renderTable(dev!)]) expect(text).toContain(loud);
  for (const text of [renderMarkdown(tuned!).markdown, renderHtml(tuned!)]) {
    expect(text).not.toContain("Protocol dev");
    expect(text).toContain(
      "Scores by task: on dev, scored once by the model that held-out training rows chose; 1 seed",
    );
    expect(text).toContain("SST-2: score on held-out rows");
    expect(text).toContain("256 training, 100 held-out and 200 dev examples for each task");
  }
});

test("a record that was made before there were protocols is dev", () => {
  const record = syntheticRecord(tunedMethods[0]!);
  expect(buildReport([record], options).groups[0]!.protocol).toBe("dev");
});
