import { buildReport, renderHtml, renderMarkdown, renderTable } from "@petl/report";
import type { RunRecord } from "@petl/results";
import { expect, test } from "vitest";
import { inWords } from "../src/views/in-words.js";
import { syntheticGrid, syntheticMethods, syntheticRecord } from "./record-factory.js";

const options = { reference: "all-weights" } as const;
const words = (records: readonly RunRecord[]): string | null => inWords(buildReport(records, options).groups[0]!);

/** The same record with another interval of its best score; null: none. */
function withInterval(record: RunRecord, width: number | null): RunRecord {
  const { interval: _, ...best } = record.scores!.best;
  const interval =
    width === null ? null : { low: best.score - width, high: best.score + width, level: 0.95, resamples: 1000 };
  return { ...record, scores: { ...record.scores!, best: { ...best, interval } } };
}

test("scores whose intervals overlap are not told apart, and the cheapest is named", () => {
  expect(words(syntheticGrid(["sst2", "rte"], [0]))).toBe(
    "all-weights has the best mean score: 78.3, mean of 2 tasks. None of the others can be told from it: their 95 % bootstrap " +
      "intervals overlap with its own. With one seed, it cannot be told how much another seed would change these scores. " +
      "Of all methods, off-path needs the least tensor memory to train (100 MB) and the least training time (50 s).",
  );
});

test("scores are told apart only where neither intervals nor ranges over seeds overlap", () => {
  const narrow = syntheticGrid(["sst2"], [0, 1, 2]).map((record) => withInterval(record, 0.1));
  expect(words(narrow)).toContain(
    "small-update cannot be told from it: their 95 % bootstrap intervals or ranges over seeds",
  );
  const apart = syntheticGrid(["sst2"], [0]).map((record) => withInterval(record, 0.1));
  expect(words(apart)).toContain("It can be told from every other");
  expect(words(apart)).not.toContain("the least");
});

test("one seed without an interval tells nothing, and the words say so", () => {
  const bare = syntheticGrid(["sst2"], [0]).map((record) => withInterval(record, null));
  expect(words(bare)).toContain(
    "With one seed and no interval, it cannot be told whether the others really differ from it.",
  );
});

test("an evaluation that needs more memory than training is named with it", () => {
  const light = syntheticMethods.map((method) =>
    syntheticRecord(method.name === "off-path" ? { ...method, cost: 0.1 } : method),
  );
  expect(words(light)).toContain("off-path needs the least tensor memory to train (40 MB, evaluation 100 MB)");
});

test("nothing is compared where there is one method or no shared task", () => {
  const [first, second] = syntheticMethods;
  expect(words([syntheticRecord(first!)])).toBeNull();
  const apart = [syntheticRecord(first!), syntheticRecord(second!, { task: "rte" })];
  expect(words(apart)).toBe("No task was completed by every method, so their scores cannot be compared.");
});

test("every format has the words, the missing baseline, the rough times and the evaluation peak", () => {
  const model = buildReport(syntheticGrid(["sst2"], [0]), options);
  for (const text of [renderMarkdown(model).markdown, renderHtml(model), renderTable(model)]) {
    expect(text).toContain("has the best mean score");
    expect(text).toContain("No baseline is shown");
    expect(text).toContain("treat them as rough");
  }
  expect(renderMarkdown(model).markdown).toMatch(/^\| Method .*\| Peak tensor memory, evaluation \|/m);
});

test("the reference has no difference from itself, and none reads as a deviation", () => {
  const model = buildReport(syntheticGrid(["sst2"], [0]), options);
  expect(model.groups[0]!.summary[0]!.means[0]!.relative).toBeNull();
  expect(renderMarkdown(model).markdown).toMatch(/^\| all-weights \| 78\.0 \| 1,000,000/m);
  expect(renderMarkdown(model).markdown).not.toContain("±0.0");
});
