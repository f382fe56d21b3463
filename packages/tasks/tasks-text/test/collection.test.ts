import { parseCollection } from "@petl/table-tasks";
import { expect, test } from "vitest";
import text from "../src/index.js";

test("the collection is one, with seven tasks and no mean", () => {
  const parsed = parseCollection(text, "text");
  if (typeof parsed === "string") throw new Error(parsed);
  expect(parsed).toMatchObject({ name: "text", title: "Text", means: [] });
  expect(parsed.tasks.map(({ name, title, data, test, metrics }) => [name, title, data, test, metrics])).toEqual([
    ["imdb", "IMDb", "hf:stanfordnlp/imdb", "test", ["accuracy"]],
    ["ag-news", "AG News", "hf:fancyzhx/ag_news", "test", ["accuracy"]],
    ["trec", "TREC", "hf:CogComp/trec", "test", ["accuracy"]],
    ["rotten-tomatoes", "Rotten Tomatoes", "hf:cornell-movie-review-data/rotten_tomatoes", "test", ["accuracy"]],
    ["squad", "SQuAD", "hf:rajpurkar/squad", "validation", ["exact_match", "token_f1"]],
    ["e2e-nlg", "E2E NLG", "hf:tuetschek/e2e_nlg", "test", ["bleu", "rougeL"]],
    ["samsum", "SAMSum", "hf:knkarthick/samsum", "test", ["rouge1", "rouge2", "rougeL"]],
  ]);
});
