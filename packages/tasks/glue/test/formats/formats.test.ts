import type { Example } from "@petl/task";
import { findAnyFormat, findFormat, lmEval, lst, roundedScore, segments, t5 } from "@petl/task";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { allTasks, findTask } from "../../src/tasks/index.js";
import { taskError } from "../files.js";

function example(sentences: Record<string, string>, label?: number): Example {
  return { index: 0, sentences, label };
}

const pair = { sentence1: "A.", sentence2: "B." };

test.for([
  ["cola", { sentence: "S." }, 0, "cola sentence: S.", "unacceptable"],
  ["sst2", { sentence: "S." }, 1, "sst2 sentence: S.", "positive"],
  ["mrpc", pair, 0, "mrpc sentence1: A. sentence2: B.", "not_equivalent"],
  ["qqp", { question1: "A?", question2: "B?" }, 1, "qqp question1: A? question2: B?", "duplicate"],
  ["stsb", pair, 3.25, "stsb sentence1: A. sentence2: B.", "3.2"],
  ["mnli", { premise: "P.", hypothesis: "H." }, 2, "mnli hypothesis: H. premise: P.", "contradiction"],
  ["qnli", { question: "Q?", sentence: "S." }, 0, "qnli question: Q? sentence: S.", "entailment"],
  ["rte", pair, 1, "rte sentence1: A. sentence2: B.", "not_entailment"],
  ["wnli", pair, 1, "wnli sentence1: A. sentence2: B.", "entailment"],
  ["ax", { premise: "P.", hypothesis: "H." }, 1, "mnli hypothesis: H. premise: P.", "neutral"],
] as const)("t5 writes %s as Google does", ([name, sentences, label, source, target]) => {
  const task = findTask(name);
  expect(t5.source(task, example(sentences, label))).toBe(source);
  expect(t5.target(task, example(sentences, label))).toBe(target);
});

test("lst writes fields in the data set's order and classes as indices", () => {
  const premise = example({ premise: "P.", hypothesis: "H." }, 2);
  expect(lst.source(findTask("mnli"), premise)).toBe("mnli premise: P. hypothesis H.");
  expect(lst.target(findTask("mnli"), premise)).toBe("2");
  expect(lst.source(findTask("qnli"), example({ question: "Q?", sentence: "S." }))).toBe(
    "qnli question: Q? sentence: S.",
  );
  expect(lst.target(findTask("stsb"), example(pair, 2.5))).toBe("2.4");
});

const natural = (premise: string) => `${premise}\nQuestion: `;
const both = "Sentence 1: A.\nSentence 2: B.\nQuestion:";

test.for([
  ["cola", { sentence: "S." }, 0, "S.\nQuestion: Does this sentence make sense?\nAnswer:", " no"],
  ["sst2", { sentence: "S ." }, 1, "S .\nQuestion: Is this sentence positive or negative?\nAnswer:", " positive"],
  ["mrpc", pair, 0, `${both} Do both sentences mean the same thing?\nAnswer:`, " no"],
  [
    "qqp",
    { question1: "A?", question2: "B?" },
    1,
    "Question 1: A?\nQuestion 2: B?\nQuestion: Do both questions ask the same thing?\nAnswer:",
    " yes",
  ],
  ["stsb", pair, 3.25, `${both} How similar are both sentences, from 0.0 to 5.0?\nAnswer:`, " 3.2"],
  ["mnli", { premise: "P.", hypothesis: " H " }, 2, `${natural("P.")}H. True, False or Neither?\nAnswer:`, " False"],
  ["mnli", { premise: "P.", hypothesis: "H. " }, 1, `${natural("P.")}H. True, False or Neither?\nAnswer:`, " Neither"],
  ["mnli", { premise: "P.", hypothesis: "H!" }, 0, `${natural("P.")}H!. True, False or Neither?\nAnswer:`, " True"],
  [
    "qnli",
    { question: "Q?", sentence: "S." },
    0,
    "Q?\nS.\nQuestion: Does this response answer the question?\nAnswer:",
    " yes",
  ],
  ["rte", pair, 0, `${natural("A.")}B. True or False?\nAnswer:`, " True"],
  ["wnli", pair, 0, `${natural("A.")}B. True or False?\nAnswer:`, " False"],
  ["ax", { premise: "P.", hypothesis: "H." }, 1, `${natural("P.")}H. True, False or Neither?\nAnswer:`, " Neither"],
] as const)(
  "lm-eval writes %s as lm-evaluation-harness does, STS-B as we do",
  ([name, sentences, label, source, target]) => {
    const task = findTask(name);
    expect(lmEval.source(task, example(sentences, label))).toBe(source);
    expect(lmEval.target(task, example(sentences, label))).toBe(target);
  },
);

test("segments gives the texts in the data set's order, and labels as numbers", async () => {
  expect(segments.segments(findTask("cola"), example({ sentence: "S." }))).toEqual(["S."]);
  const premise = example({ hypothesis: "H.", premise: "P." }, 2);
  expect(segments.segments(findTask("mnli"), premise)).toEqual(["P.", "H."]);
  expect(segments.label(findTask("mnli"), premise)).toBe(2);
  expect(segments.label(findTask("stsb"), example(pair, 2.5))).toBe(2.5);
  expect((await taskError(() => segments.label(findTask("rte"), example(pair)))).code).toBe("E_TASK_LABEL");
  for (const task of allTasks) {
    const texts = Object.fromEntries(task.fields.map((field) => [field, `the ${field}`]));
    expect(segments.segments(task, example(texts))).toEqual(task.fields.map((field) => `the ${field}`));
  }
});

test("a text format has one segment, its source", () => {
  const rte = findTask("rte");
  for (const format of [t5, lst, lmEval])
    expect(format.segments(rte, example(pair))).toEqual([format.source(rte, example(pair))]);
});

test.for([t5, lst, lmEval].flatMap((format) => allTasks.map((task) => ({ format, task }))))(
  "$format.name parses every label text of $task.name back",
  ({ format, task }) => {
    const texts = format.labelTexts(task);
    expect(new Set(texts).size).toBe(texts.length);
    texts.forEach((text, index) => {
      const prediction = format.parse(task, ` ${text}\n`);
      expect(prediction).toBe(task.target.kind === "class" ? index : Number(text));
      expect(format.target(task, example({}, prediction as number))).toBe(text);
    });
  },
);

test("a text that is no label is invalid", () => {
  for (const text of ["", "Entailment", "entailment.", "entailment entailment", "0"]) {
    expect(t5.parse(findTask("rte"), text)).toBeUndefined();
  }
  for (const text of ["", "high", "3.0.", "3,0", "nan", "inf", "0x10", "."])
    expect(t5.parse(findTask("stsb"), text)).toBeUndefined();
  expect(t5.parse(findTask("stsb"), "3")).toBe(3);
});

test("STS-B has 26 targets and ties are rounded to even", () => {
  expect(t5.labelTexts(findTask("stsb"))).toHaveLength(26);
  const rounded = [0, 0.1, 0.5, 2.5, 1.3, 2.1, 2.7, 4.9, 5].map((score) => roundedScore(score, 0.2));
  expect(rounded).toEqual(["0.0", "0.0", "0.4", "2.4", "1.2", "2.0", "2.8", "4.8", "5.0"]); // numpy.round(x * 5) / 5
});

test("a rounded score is a target within 0.1 of the score", () => {
  const texts = t5.labelTexts(findTask("stsb"));
  fc.assert(
    fc.property(fc.double({ min: 0, max: 5, noNaN: true }), (score) => {
      expect(texts).toContain(roundedScore(score, 0.2));
      expect(Math.abs(Number(roundedScore(score, 0.2)) - score)).toBeLessThanOrEqual(0.1 + 1e-6); // single precision
    }),
  );
});

test("a target needs a label, and a format a known name", async () => {
  expect((await taskError(() => t5.target(findTask("rte"), example(pair)))).code).toBe("E_TASK_LABEL");
  expect(findFormat("lst")).toBe(lst);
  expect(findAnyFormat("lm-eval")).toBe(lmEval);
  expect(findAnyFormat("segments")).toBe(segments);
  const unknown = await taskError(() => findFormat("segments"));
  expect(unknown).toMatchObject({ code: "E_TASK_FORMAT", expected: "t5, lst or lm-eval", got: '"segments"' });
  expect((await taskError(() => findAnyFormat("gpt"))).expected).toBe("t5, lst, lm-eval or segments");
});
