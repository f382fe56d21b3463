import { bleu, rouge } from "@petl/metrics";
import { expect, test } from "vitest";
import {
  bestConstant,
  bootstrapInterval,
  type Example,
  findFormat,
  referenceOf,
  scoreTask,
  segments,
  type Task,
} from "../src/index.js";

const task: Task = {
  name: "talks",
  title: "Talks",
  fields: ["talk"],
  target: { kind: "text" },
  evaluations: ["test"],
  metrics: ["exact_match", "rougeL", "bleu"],
};
const example: Example = {
  index: 3,
  sentences: { talk: "A: tea? B: yes." },
  label: undefined,
  texts: ["B takes tea.", "Tea for B."],
};
const predictions = ["B takes tea.", "no idea at all of it", undefined, "tea for B and for A, please"];
const references = [["B takes tea.", "Tea for B."], ["it is cold"], ["something"], ["tea for A and for B"]];

test.each([
  ["t5", "talks talk: A: tea? B: yes.", "B takes tea."],
  ["lst", "talks talk: A: tea? B: yes.", "B takes tea."],
  ["lm-eval", "A: tea? B: yes.\nQuestion: What is the answer?\nAnswer:", " B takes tea."],
])("%s writes the first right text, and takes any text", (name, source, target) => {
  const format = findFormat(name);
  expect([format.source(task, example), format.target(task, example)]).toEqual([source, target]);
  expect([format.labelTexts(task), format.parse(task, "  what I say\n")]).toEqual([[], "what I say"]);
  expect(() => format.target(task, { ...example, texts: [] })).toThrow("row 3 of Talks has no text");
});

test("of more than two texts all but the first are one segment", () => {
  const three: Task = { ...task, fields: ["a", "b", "c"] };
  expect(segments.segments(three, { ...example, sentences: { a: "x", b: "y", c: "z" } })).toEqual(["x", "y z"]);
});

test("a score is the mean of the metrics; no answer is an empty text", () => {
  const { metrics, score, invalid } = scoreTask(task, [{ name: "test", predictions, references }]);
  const written = predictions.map((text) => text ?? "");
  const expected = {
    exact_match: 0.25,
    rougeL: rouge("rougeL", { stemmed: true }).corpus(written, references),
    bleu: bleu.corpus(written, references),
  };
  expect(metrics).toEqual(expected);
  expect(score).toBeCloseTo((100 * (expected.exact_match + expected.rougeL + expected.bleu)) / 3, 10);
  expect(invalid).toBe(1);
});

test("an interval resamples examples, whose texts are compared once", () => {
  const rows = [0, 0, 3, 1];
  const { low, high } = bootstrapInterval(task, [{ name: "test", predictions, references }], () => rows, {
    resamples: 2,
  });
  const drawn = {
    name: "test",
    predictions: rows.map((row) => predictions[row]),
    references: rows.map((row) => references[row]!),
  };
  expect(low).toBe(high);
  expect(low).toBeCloseTo(scoreTask(task, [drawn]).score, 10);
});

test("the best constant answer is no text, and what is right is a list", () => {
  expect(bestConstant(task, [{ name: "test", references }])).toEqual({ answer: "no text", score: 0 });
  expect(referenceOf(example)).toBe(example.texts);
  expect(referenceOf({ index: 0, sentences: {}, label: 1 })).toBe(1);
});
