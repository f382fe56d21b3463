import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { presets } from "@petl/presets";
import { formatSeconds, type ReportModel } from "@petl/report";
import { expect, test } from "vitest";
import { syntheticMethods, syntheticRecord } from "../../packages/harness/report/test/record-factory.js";
import { armLabels } from "../pages/arm-labels.mjs";
import { resultPages } from "../pages/result-pages.mjs";
import { suitePage } from "../pages/suite-page.mjs";
import { frontOf, suiteTable } from "../pages/suite-table.mjs";
import { verdictsPage } from "../pages/verdicts-page.mjs";
import { everyMethod } from "./every-method.js";

type Group = ReportModel["groups"][number];

test.each(["read-ablation", "pareto"])(
  "every arm of %s has a name of its own that says what the suite sets",
  async (name) => {
    const { methods } = presets[name]!;
    const known = await everyMethod();
    const variants = methods.map(({ method, config = {} }, index) => ({
      ...{ id: String(index), label: "", method, methodPackage: "" },
      methodConfig: known.get(method)!.parse(config),
    }));
    const labels = await armLabels(presets[name]!, [...variants].reverse());
    expect(labels.map(([id]) => id)).toEqual(variants.map(({ id }) => id));
    expect(new Set(labels.map(([, label]) => label)).size).toBe(methods.length);
    expect(labels.map(([, label]) => label)).toEqual(expect.arrayContaining(["full"]));
  },
);

test("the front holds what nothing beats in both score and cost", () => {
  const rows = [
    { id: "best", score: 80, cost: 10 },
    { id: "cheapest", score: 60, cost: 1 },
    { id: "between", score: 70, cost: 5 },
    { id: "beaten", score: 65, cost: 6 },
    { id: "as good, dearer", score: 60, cost: 2 },
    { id: "unmeasured", score: 99, cost: null },
    { id: "unscored", score: null, cost: 0 },
  ];
  expect([...frontOf(rows, ({ cost }: { cost: number | null }) => cost)]).toEqual(["best", "cheapest", "between"]);
});

test("a table has the arms in the suite's order, with n/a for what is missing", () => {
  const figure = (value: number | null, relative: number | null = null) => ({ value, reason: null, relative });
  const row = (variant: string, bytes: number | null, seconds: number, relative: number | null) => ({
    variant,
    means: [],
    counts: { trainableParams: 1234, totalParams: 5000, backwardLayers: 0, layers: 4, gradientStart: null, sites: 9 },
    costs: { peakTensorBytes: figure(bytes, relative), trainTimeS: figure(seconds, relative) },
    memorySplit: null,
  });
  const spread = (mean: number, deviation: number | null) => ({
    mean,
    deviation,
    count: 1,
    lowest: mean,
    highest: mean,
  });
  const group = {
    tasks: [{ name: "sst2", label: "SST-2" }],
    commonTasks: ["sst2"],
    summary: [row("b", 2e6, 3, 1), row("a", null, 1.5, null)],
    results: [
      { variant: "a", task: "sst2", score: spread(70.04, 1.26) },
      { variant: "b", task: "sst2", score: spread(81.25, null) },
    ],
  } as unknown as Group;
  const labels = [
    ["a", "small"],
    ["b", "large"],
    ["c", "never run"],
  ] as const;
  expect(suiteTable(group, labels).split("\n")).toEqual([
    "| arm | trained | backward | mean score | SST-2 | peak memory | training |",
    "|---|---:|---:|---:|---:|---:|---:|",
    "| small | 1,234 | 0 of 4 | 70.0 | 70.0 ± 1.3 | n/a | **1.5 s** |",
    "| large | 1,234 | 0 of 4 | 81.3 | 81.3 | **2 MB (100 %)** | **3 s (100 %)** |",
  ]);
});

test("a suite with several numbers of rows has a section for each task, arms down and rows across, fewest first", async () => {
  const records = [1024, 64, 256].flatMap((limit) =>
    syntheticMethods.flatMap((method) =>
      (limit === 64 ? ["sst2", "cola"] : ["sst2"]).map((task) =>
        syntheticRecord(method, { task, settings: { limit }, energy: false }),
      ),
    ),
  );
  const page = { name: "low-data", title: "Few examples", text: "What was done.", command: "pnpm suite:page low-data" };
  const files = await suitePage(page, records);
  const [markdown] = files.filter(({ name }) => name === "low-data.md").map(({ content }) => content);
  expect(markdown!.match(/^## .*$/gm)).toEqual(["## CoLA", "## SST-2", "## How it was run"]);
  expect(markdown!.match(/^\| arm .*$/gm)).toEqual([
    "| arm | 64 rows | peak memory |",
    "| arm | 64 rows |",
    "| arm | 64 rows | 256 rows | 1,024 rows | peak memory |",
    "| arm | 64 rows | 256 rows | 1,024 rows |",
  ]);
  const [record] = records;
  const time = formatSeconds(record!.time!.trainTimeS);
  const cell = `${record!.scores!.best.score.toFixed(1)} in ${time}`;
  const arm = markdown!.split("\n").filter((line) => line.startsWith(`| ${record!.run.method} `));
  expect(arm[2]!.split(cell)).toHaveLength(4);
  expect(arm[3]).toBe(`| ${record!.run.method} | 40 | 40 | 40 |`);
  const pictures = files.map(({ name }) => name).filter((name) => name.endsWith(".svg"));
  expect(pictures).toEqual(["low-data-charts/cola.svg", "low-data-charts/sst2.svg"]);
  for (const name of pictures) expect(markdown).toContain(`](${name})`);
});

test("joules stand beside seconds where they were measured", async () => {
  const records = syntheticMethods.map((method) => syntheticRecord(method, { settings: { limit: 64 }, energy: true }));
  const files = await suitePage({ name: "low-data", title: "T", text: "t", command: "c" }, records);
  const [picture, page] = files.map(({ content }) => content);
  expect(picture).toContain("score over joules of training");
  expect(page).toMatch(/ in [\d.]+ \w+, [\d.]+ k?J/);
});

test("the page of verdicts has what the result pages say today", () => {
  const folder = fileURLToPath(new URL("../../docs/results", import.meta.url));
  const page = verdictsPage(folder, resultPages);
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe(page);
  for (const name of ["glue-minilm", "low-data-smollm2"]) expect(page).toContain(`](${name}.md)`);
  expect(page.match(/^- \*\*smollm2-135m, .*:\*\* /gm)).toHaveLength(2); // a verdict for each number of rows
});
