import { buildReport, renderHtml, renderLatex, renderMarkdown, renderTable } from "@petl/report";
import type { RunRecord } from "@petl/results";
import { expect, test } from "vitest";
import { verdict } from "../src/views/verdict.js";
import { syntheticGrid, syntheticMethods, syntheticRecord } from "./record-factory.js";
import { tunedMethods, tunedSuite } from "./tuned-suite.js";

const options = { reference: "all-weights" } as const;
const words = (records: readonly RunRecord[]): string | null => verdict(buildReport(records, options).groups[0]!);

test("the best, what cannot be told from it, the cheapest of those, and what is not above a baseline", () => {
  expect(words(tunedSuite(["sst2"], [0, 1, 2]))).toBe(
    "all-weights has the best score: 80.0 ± 0.0 on SST-2. small-update cannot be told from it (Holm-adjusted " +
      "p ≥ 0.05). Of these, small-update needs the least tensor memory to train " +
      "(300 MB), the least training time (1 min 15 s) and the least energy (3.75 kJ). off-path is not above the constant " +
      "answer (50.0) by more than noise.",
  );
});

test("what can be told from the best is not among the cheapest, and a lone best has none beside it", () => {
  const [all, , offPath] = tunedMethods;
  const text = words(tunedSuite(["sst2"], [0, 1, 2], [all!, { ...offPath!, right: 120 }]));
  expect(text).toContain("Every other can be told from it (Holm-adjusted p < 0.05).");
  expect(text).not.toMatch(/needs the least|not above/);
});

test("a smaller budget has the best of those that need less than every one that is not told from the best", () => {
  const [all, update, offPath] = tunedMethods;
  const worse = { ...offPath!, right: 130 };
  const suite = (...methods: typeof tunedMethods) => words(tunedSuite(["sst2"], [0, 1, 2], methods));
  expect(suite(all!, update!, worse)).toContain(
    "and the least energy (3.75 kJ). With less memory, training time or energy than any of these, off-path scores best " +
      "(65.0 ± 0.0; 100 MB, 25 s, 1.25 kJ).",
  );
  expect(suite(all!, worse)).toContain(
    "(Holm-adjusted p < 0.05). With less memory, training time or energy than it, off-path scores best (65.0",
  );
  expect(suite(all!, { ...worse, cost: 1.5 })).not.toContain("scores best"); // it is worse and dearer
});

test("by memory and by time a smaller budget may have different methods", () => {
  const [all, update, offPath] = tunedMethods;
  const small = { ...update!, name: "small", right: 125 };
  const records = tunedSuite(["sst2"], [0, 1, 2], [all!, small, { ...offPath!, right: 130 }]);
  const slow = records.map((record) =>
    record.run.method === "off-path" ? { ...record, time: { ...record.time!, trainTimeS: 500 }, energy: null } : record,
  );
  expect(words(slow)).toMatch(
    /With less memory than it, off-path scores best \(65\.0 ± 0\.0; 100 MB\); with less training time or energy, small scores best \(62\.5/,
  );
});

test("where nothing was learned, no method is called cheap", () => {
  const poor = tunedMethods.map((method) => ({ ...method, right: 101 }));
  const text = words(tunedSuite(["sst2"], [0, 1, 2], poor));
  expect(text).toContain("None of the others can be told from it");
  expect(text).toContain("No method is above the constant answer (50.0) by more than noise: these scores do not show");
  expect(text).not.toContain("needs the least");
});

test("few seeds and given rates weaken the verdict, in a sentence each", () => {
  const one = words(tunedSuite(["sst2"], [0]));
  expect(one).toContain("With one seed, it is not known how much another would change these scores.");
  expect(one).not.toContain("given, not searched");
  expect(words(tunedSuite(["sst2"], [0, 1]))).toContain("Two seeds say little of what another would change.");
  const given = tunedSuite(["sst2"], [0, 1, 2]).map((record) =>
    record.run.method === "off-path" ? { ...record, run: { ...record.run, chosen: null } } : record,
  );
  expect(words(given)).toMatch(/The learning rates of off-path were given, not searched here: a method may rank low/);
});

test("records without answers are not tested, and the words say so", () => {
  expect(words(syntheticGrid(["sst2", "rte"], [0, 1, 2]))).toBe(
    "all-weights has the best score: 79.3 ± 1.0, mean of 2 tasks. Whether the others really differ from it could not be " +
      "tested: some runs were made before their answers were kept. Of all methods, off-path needs the least tensor memory to " +
      "train (100 MB) and the least training time (50 s). Learning rates were given, not searched here: a method may rank low for " +
      "its rate alone.",
  );
});

test("different methods may be the cheapest by memory and by time; an evaluation that needs more memory is named", () => {
  const [all, update, offPath] = syntheticMethods;
  const light = syntheticRecord({ ...offPath!, cost: 0.1 });
  const slow = { ...light, time: { ...light.time!, trainTimeS: 500 } };
  expect(words([syntheticRecord(all!), syntheticRecord(update!), slow])).toContain(
    "Of all methods, off-path needs the least tensor memory to train (40 MB, evaluation 100 MB); small-update needs the least training time (1 min 15 s).",
  );
});

test("nothing is compared where there is one method or no shared task", () => {
  const [first, second] = syntheticMethods;
  expect(words([syntheticRecord(first!)])).toBeNull();
  const apart = [syntheticRecord(first!), syntheticRecord(second!, { task: "rte" })];
  expect(words(apart)).toBe("No task was completed by every method, so their scores cannot be compared.");
});

test("one method alone is still held against the baselines", () => {
  expect(words(tunedSuite(["sst2"], [0, 1, 2], [tunedMethods[2]!]))).toBe(
    "off-path is not above the constant answer (50.0) by more than noise: these scores do not show that anything was learned.",
  );
});

test("every format has the verdict before the figures", () => {
  const model = buildReport(tunedSuite(["sst2"], [0]), options);
  for (const text of [renderMarkdown(model).markdown, renderHtml(model), renderTable(model), renderLatex(model)]) {
    const [at, figures] = [text.indexOf("has the best score"), text.indexOf("Backward")];
    expect(at).toBeGreaterThan(-1);
    expect(figures).toBeGreaterThan(at);
  }
});
