import { defineTask } from "@petl/table-tasks";
import { falseOrTrue, published } from "../published.js";

/**
 * Winograd Schema Challenge: whether a pronoun means a noun of the text (Levesque et al. 2012, Principles of Knowledge Representation and
 * Reasoning). It reads `text`, `span1_text` (the noun), `span2_text` (the pronoun) and `label` of the configuration `wsc.fixed`, whose
 * spans are all parts of the text.
 *
 * The prompt is lm-evaluation-harness' `wsc` without the stars around the pronoun: a cell cannot be changed here, so of two equal pronouns
 * nothing says which is meant.
 */
export const wsc = defineTask({
  name: "wsc",
  title: "WSC",
  ...published("wsc.fixed"),
  text: ["text", "span1_text", "span2_text"],
  label: "label",
  labels: falseOrTrue,
  metrics: ["accuracy"],
  prompt: {
    text: 'Passage: {text}\nQuestion: In the passage above, does the pronoun "{span2_text}" refer to "{span1_text}"?\nAnswer:',
    answers: ["no", "yes"],
  },
});
