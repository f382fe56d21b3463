import { buildReport, renderCsv, renderHtml, renderLatex, renderMarkdown, renderTable } from "@petl/report";
import type { RunRecord } from "@petl/results";
import { expect, test } from "vitest";
import { syntheticGrid } from "./record-factory.js";
import { tunedMethods, tunedSuite } from "./tuned-suite.js";

const options = { reference: "all-weights" } as const;
const markdown = (records: readonly RunRecord[]) => renderMarkdown(buildReport(records, options)).markdown;
const scores = (text: string) =>
  text.slice(text.indexOf("### Scores by task"), text.indexOf("### Scores, evaluations"));

test("the best and what cannot be told from it have one mark, what is not above a baseline another", () => {
  const table = scores(markdown(tunedSuite(["sst2", "rte"], [0, 1, 2])));
  expect(table).toMatch(/^\| all-weights \| 80\.0 ± 0\.0 † \| 80\.0 ± 0\.0 † \|$/m);
  expect(table).toMatch(/^\| small-update \| 79\.0 ± 0\.0 † \| 79\.0 ± 0\.0 † \|$/m);
  expect(table).toMatch(/^\| off-path \| 52\.0 ± 0\.0 ≈ \| 52\.0 ± 0\.0 ≈ \|$/m);
  expect(table).toContain(
    "† cannot be told from the best: Holm-adjusted p ≥ 0.05, paired bootstrap over examples, with the variance over seeds",
  );
  expect(table).toContain("≈ not above the better baseline: the 95 % interval includes it or lies below");
});

test("an only best is marked alone", () => {
  const [all, , offPath] = tunedMethods;
  const table = scores(markdown(tunedSuite(["sst2"], [0, 1, 2], [all!, { ...offPath!, right: 120 }])));
  expect(table).toMatch(/^\| all-weights \| 80\.0 ± 0\.0 † \|$/m);
  expect(table).toMatch(/^\| off-path \| 60\.0 ± 0\.0 \|$/m);
});

test("where many runs allow only fewer resamples, the legend says how many", () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  expect(scores(markdown(tunedSuite(["sst2"], seeds)))).toContain(
    "paired bootstrap over examples (1,666 resamples, as there are many runs), with the variance over seeds",
  );
});

test("the baselines are the last rows, with the answer of the constant", () => {
  const model = buildReport(tunedSuite(["sst2", "rte"], [0]), options);
  const lines = scores(renderMarkdown(model).markdown).split("\n");
  expect(lines.filter((line) => line.startsWith("|")).slice(-2)).toEqual([
    "| Constant answer | 50.0 (negative) | 50.0 (negative) |",
    "| Untouched backbone | 48.0 | 48.0 |",
  ]);
  expect(renderLatex(model)).toMatch(/\\midrule\n {4}Constant answer +& 50\.0 /);
  expect(renderTable(model)).toMatch(/^Constant answer +50\.0$/m);
  expect(renderHtml(model)).toMatch(/<tfoot>\s*<tr><th scope="row"><bdi>Constant answer/);
  expect(renderCsv(model)).toMatch(/,Untouched backbone,rte,,48,/);
});

test("records without answers and baselines are marked nowhere, and each table says why", () => {
  const model = buildReport(syntheticGrid(["sst2", "rte"], [0, 1]), options);
  for (const text of [renderMarkdown(model).markdown, renderHtml(model), renderTable(model)]) {
    expect(text).not.toMatch(/\d [†≈]/);
    expect(text).toContain("could not be tested: some runs were made before their answers were kept");
    expect(text).toContain("Baselines are missing (constant answer: these runs were made before it was worked out");
    expect(text).not.toContain("Which differences are real");
  }
});

test("of two tasks only the one with answers is tested, and their mean is not", () => {
  const half = tunedSuite(["sst2", "rte"], [0, 1]).map((record) =>
    record.run.task === "rte" && record.run.method === "off-path" ? { ...record, answers: [] } : record,
  );
  const { standings } = buildReport(half, options).groups[0]!;
  expect(standings.tasks.map(({ amongBest }) => amongBest.length)).toEqual([2, 0]);
  expect(standings.means[0]).toMatchObject({
    amongBest: [],
    differences: [],
    untested: expect.stringContaining("answers"),
  });
  expect(scores(markdown(half))).toContain("not tested (RTE): some runs");
});

test("answers on other examples are not compared", () => {
  const [first, ...others] = tunedSuite(["sst2"], [0]).filter(({ run }) => run.stage === "final");
  const [split] = first!.answers;
  const other = {
    ...first!,
    answers: [{ ...split!, references: split!.references.map((each) => 1 - (each as number)) }],
  };
  const [group] = buildReport([other, ...others], options).groups;
  expect(group!.standings.tasks[0]!.untested).toBe("the runs were not scored on the same examples");
});

test("a table has each pair with the best and with the reference once, with points, interval and p", () => {
  const records = tunedSuite(["sst2", "rte"], [0, 1, 2]);
  const text = markdown(records);
  const table = text.slice(text.indexOf("## Which differences are real"), text.indexOf("## Search"));
  const pairs = [
    ...table.matchAll(
      /^\| (mean of 2 tasks|SST-2|RTE) \| ([\w-]+) \| ([\w-]+) \| (\S+) \|.*\| (yes|cannot be told) \|$/gm,
    ),
  ];
  expect(pairs.map(([, score, first, second, points, real]) => [score, first, second, points, real])).toEqual(
    ["mean of 2 tasks", "SST-2", "RTE"].flatMap((score) => [
      [score, "off-path", "all-weights", "−28.0", "yes"],
      [score, "small-update", "all-weights", "−1.0", "cannot be told"],
    ]),
  );
  const other = renderMarkdown(buildReport(records, { reference: "off-path" })).markdown;
  expect(other).toMatch(/^\| SST-2 \| small-update \| off-path \| \+27\.0 \|/m);
});

test("the untouched backbone is missing where a head answers, and the report says why", () => {
  const head = tunedSuite(["sst2"], [0])
    .filter(({ run }) => run.stage !== "baseline")
    .map((record) => ({ ...record, counts: { ...record.counts!, headParams: 514 } }));
  const text = markdown(head);
  expect(text).toContain(
    "A baseline is missing (untouched backbone: the backbone answers through a head that only training makes).",
  );
  expect(text).not.toContain("| Untouched backbone");
});
