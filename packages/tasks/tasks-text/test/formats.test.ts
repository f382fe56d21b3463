import { openTableTask, parseDefinition, tableReader } from "@petl/table-tasks";
import { lmEval, loadTask, referenceOf, t5 } from "@petl/task";
import { expect, test } from "vitest";
import { folderOf } from "../../table-tasks/test/files.js";
import text from "../src/index.js";
import { rows } from "./rows.js";

/** The task of that name with our rows to train on, and in the split that is scored. */
async function load(name: string, extra: readonly Readonly<Record<string, unknown>>[] = []) {
  const definition = parseDefinition(
    text.tasks.find((task) => task.name === name),
    name,
  );
  const data = folderOf(name, { train: [...rows[name]!, ...extra], [definition.test!]: rows[name]!.toReversed() });
  const { task } = await openTableTask({ ...definition, data }, { directory: "." });
  return loadTask(tableReader(task));
}

test.each([
  ["imdb", [0, 1]],
  ["ag-news", [0, 1, 2, 3]],
  ["trec", [0, 1, 2, 3, 4, 5]],
  ["rotten-tomatoes", [0, 1]],
  ["squad", [["Jon Aske", "Jon Aske, a miller"], ["1731"]]],
  ["samsum", [["Ann and Bo have lunch at one."], ["Cy, who lost a key, goes to Di."]]],
])("%s: references of both splits", async (name, references) => {
  const { train, evaluations } = await load(name);
  expect(train.examples.map(referenceOf)).toEqual(references);
  expect(evaluations.map(({ examples }) => examples.map(referenceOf))).toEqual([references.toReversed()]);
});

test("e2e-nlg: each row is trained on, and test rows of one list are one example with all of its texts", async () => {
  const other = { meaning_representation: "name[The Oast]", human_reference: "There is The Oast." };
  const { train, evaluations } = await load("e2e-nlg", [other]);
  expect(train.examples.map(referenceOf)).toEqual([
    ["The Kiln serves Thai food."],
    ["Thai food is served at The Kiln."],
    ["There is The Oast."],
  ]);
  const [test] = evaluations;
  expect(test!.examples.map(referenceOf)).toEqual([["Thai food is served at The Kiln.", "The Kiln serves Thai food."]]);
  expect(test!.file.rows).toBe(1);
});

test("a conversation that is missing is dropped, and counted", async () => {
  const { train, notices } = await load("samsum", [{ id: "3", dialogue: null, summary: "Nothing." }]);
  expect([train.examples.length, train.dropped]).toEqual([2, 1]);
  expect(notices).toContain("SAMSum train: 1 rows with a missing field were dropped.");
});

test("an index that the hub does not use is one line", async () => {
  const error = await load("trec", [{ text: "What ?", coarse_label: 6, fine_label: 0 }]).catch((e: Error) => e);
  expect((error as Error).message).toMatch(
    /train\.jsonl:7: not an answer of TREC \(column "coarse_label"\): expected one of 0, 1, 2, 3, 4, 5, got "6"$/,
  );
});

// source and target of the first training row, and all answers
test.each([
  ["imdb", "imdb text: Two hours that felt like five.", "negative", ["negative", "positive"]],
  [
    "ag-news",
    "ag-news text: Talks over the border resume in spring",
    "World",
    ["World", "Sports", "Business", "Sci/Tech"],
  ],
  [
    "trec",
    "trec text: What does the letter K stand for ?",
    "abbreviation",
    ["abbreviation", "entity", "description", "person", "location", "number"],
  ],
  [
    "rotten-tomatoes",
    "rotten-tomatoes text: the jokes arrive late and leave early .",
    "negative",
    ["negative", "positive"],
  ],
  [
    "squad",
    "squad question: Who built the mill? context: The mill was built in 1731 by Jon Aske, a miller.",
    "Jon Aske",
    [],
  ],
  ["e2e-nlg", "e2e-nlg meaning_representation: name[The Kiln], food[Thai]", "The Kiln serves Thai food.", []],
  ["samsum", "samsum dialogue: Ann: Lunch?\r\nBo: At one.", "Ann and Bo have lunch at one.", []],
])("t5: %s", async (name, source, target, answers) => {
  const { task, train } = await load(name);
  expect(t5.source(task, train.examples[0]!)).toBe(source);
  expect(t5.target(task, train.examples[0]!)).toBe(target);
  expect(t5.labelTexts(task)).toEqual(answers);
});

test.each([
  [
    "imdb",
    "Two hours that felt like five.\nQuestion: Is this review negative or positive?\nAnswer:",
    " negative",
    [" negative", " positive"],
  ],
  [
    "ag-news",
    "Talks over the border resume in spring\nQuestion: Is this news about World, Sports, Business or Technology?\nAnswer:",
    " World",
    [" World", " Sports", " Business", " Technology"],
  ],
  [
    "trec",
    "What does the letter K stand for ?\nQuestion: Does this ask for an abbreviation, entity, description, person, location or number?\nAnswer:",
    " abbreviation",
    [" abbreviation", " entity", " description", " person", " location", " number"],
  ],
  [
    "rotten-tomatoes",
    "the jokes arrive late and leave early .\nQuestion: Is this sentence negative or positive?\nAnswer:",
    " negative",
    [" negative", " positive"],
  ],
  [
    "squad",
    "The mill was built in 1731 by Jon Aske, a miller.\nQuestion: Who built the mill?\nAnswer:",
    " Jon Aske",
    [],
  ],
  [
    "e2e-nlg",
    "name[The Kiln], food[Thai]\nQuestion: How does a guide put this in a sentence or two?\nAnswer:",
    " The Kiln serves Thai food.",
    [],
  ],
  [
    "samsum",
    "Ann: Lunch?\r\nBo: At one.\nQuestion: What is this conversation about, in short?\nAnswer:",
    " Ann and Bo have lunch at one.",
    [],
  ],
])("lm-eval: %s", async (name, source, target, answers) => {
  const { task, train } = await load(name);
  expect(lmEval.source(task, train.examples[0]!)).toBe(source);
  expect(lmEval.target(task, train.examples[0]!)).toBe(target);
  expect(lmEval.labelTexts(task)).toEqual(answers);
});
