import { openTableTask, parseDefinition, tableReader } from "@petl/table-tasks";
import { lmEval, loadTask, referenceOf, t5 } from "@petl/task";
import { expect, test } from "vitest";
import { folderOf } from "../../table-tasks/test/files.js";
import superglue from "../src/index.js";
import { rows } from "./rows.js";

/** The task of that name with our rows to train on and in the split that is scored; the hub's hidden labels in the other. */
async function load(name: string) {
  const definition = parseDefinition(
    superglue.tasks.find((task) => task.name === name),
    name,
  );
  const hidden = rows[name]!.map((row) => ("label" in row ? { ...row, label: -1 } : { ...row, answers: [] }));
  const data = folderOf(name, { train: rows[name]!, validation: rows[name]!.toReversed(), test: hidden });
  const { task, notices } = await openTableTask({ ...definition, data }, { directory: "." });
  const { train, evaluations } = await loadTask(tableReader(task));
  return { task, notices, train, evaluations };
}

test.each([
  ["boolq", [0, 1]],
  ["cb", [0, 1, 2]],
  ["copa", [0, 1]],
  ["multirc", [0, 1, 1]],
  ["record", [["Ruth Lind", "Lind"], ["Leer"]]],
  ["superglue-rte", [0, 1]],
  ["wic", [0, 1]],
  ["wsc", [0, 1]],
])("%s: references, and the validation rows are scored", async (name, references) => {
  const { task, train, evaluations } = await load(name);
  expect(train.examples.map(referenceOf)).toEqual(references);
  expect(evaluations.map(({ name, examples }) => [name, examples.map(referenceOf)])).toEqual([
    ["test", references.toReversed()],
  ]);
  expect(task.files.test).toEqual([expect.stringMatching(/validation\.jsonl$/)]);
});

test("MultiRC's answers to one question are a group", async () => {
  const { evaluations } = await load("multirc");
  expect(evaluations[0]!.examples.map(({ group }) => group)).toEqual(['["0","1"]', '["0","0"]', '["0","0"]']);
});

test("what is not used is said", async () => {
  const { notices } = await load("boolq");
  expect(notices).toEqual(["boolq: not used: test. What chooses settings is held out of the training rows."]);
});

// source and target of the first training row, and all answers
test.each([
  [
    "boolq",
    "boolq passage: The mill has stood idle since spring. question: is the old mill still working",
    "False",
    ["False", "True"],
  ],
  [
    "cb",
    "cb hypothesis: the shop is shut premise: Ann knows that the shop is shut.",
    "entailment",
    ["entailment", "contradiction", "neutral"],
  ],
  [
    "copa",
    "copa choice1: The oil was used up. choice2: The wall was white. premise: The lamp went out. question: cause",
    "choice1",
    ["choice1", "choice2"],
  ],
  [
    "multirc",
    "multirc answer: Coal paragraph: Ida sold pears. Ole sold plums. question: What was sold?",
    "False",
    ["False", "True"],
  ],
  [
    "record",
    "record passage: Mayor Ruth Lind opened the bridge at Aller.\n@highlight\nThe bridge took nine years query: @placeholder cut the ribbon herself",
    "Ruth Lind",
    [],
  ],
  [
    "superglue-rte",
    "superglue-rte hypothesis: Dogs slept. premise: Two dogs slept on the porch.",
    "entailment",
    ["entailment", "not_entailment"],
  ],
  [
    "wic",
    "wic sentence1: We sat on the bank. sentence2: The bank lent us money. word: bank",
    "False",
    ["False", "True"],
  ],
  [
    "wsc",
    "wsc span1_text: The cup span2_text: it text: The cup fell off the shelf because it was too narrow.",
    "False",
    ["False", "True"],
  ],
])("t5: %s", async (name, source, target, answers) => {
  const { task, train } = await load(name);
  expect(t5.source(task, train.examples[0]!)).toBe(source);
  expect(t5.target(task, train.examples[0]!)).toBe(target);
  expect(t5.labelTexts(task)).toEqual(answers);
});

test.each([
  [
    "boolq",
    "The mill has stood idle since spring.\nQuestion: is the old mill still working?\nAnswer:",
    " no",
    [" no", " yes"],
  ],
  [
    "cb",
    "Ann knows that the shop is shut.\nQuestion: the shop is shut. True, False, or Neither?\nAnswer:",
    " True",
    [" True", " False", " Neither"],
  ],
  [
    "copa",
    "The lamp went out.\nQuestion: What is the cause of this?\nA. The oil was used up.\nB. The wall was white.\nAnswer:",
    " A",
    [" A", " B"],
  ],
  [
    "multirc",
    "Ida sold pears. Ole sold plums.\nQuestion: What was sold?\nProposed answer: Coal\nIs the proposed answer right?\nAnswer:",
    " no",
    [" no", " yes"],
  ],
  [
    "record",
    "Mayor Ruth Lind opened the bridge at Aller.\n@highlight\nThe bridge took nine years\nQuestion: Which name does @placeholder stand for in the following?\n@placeholder cut the ribbon herself\nAnswer:",
    " Ruth Lind",
    [],
  ],
  [
    "superglue-rte",
    "Two dogs slept on the porch.\nQuestion: Dogs slept. True or False?\nAnswer:",
    " True",
    [" True", " False"],
  ],
  [
    "wic",
    "Sentence 1: We sat on the bank.\nSentence 2: The bank lent us money.\nQuestion: Is the word 'bank' used in the same way in the two sentences above?\nAnswer:",
    " no",
    [" no", " yes"],
  ],
  [
    "wsc",
    'Passage: The cup fell off the shelf because it was too narrow.\nQuestion: In the passage above, does the pronoun "it" refer to "The cup"?\nAnswer:',
    " no",
    [" no", " yes"],
  ],
])("lm-eval: %s", async (name, source, target, answers) => {
  const { task, train } = await load(name);
  expect(lmEval.source(task, train.examples[0]!)).toBe(source);
  expect(lmEval.target(task, train.examples[0]!)).toBe(target);
  expect(lmEval.labelTexts(task)).toEqual(answers);
});
