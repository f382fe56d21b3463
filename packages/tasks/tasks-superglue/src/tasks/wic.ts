import { defineTask } from "@petl/table-tasks";
import { falseOrTrue, published } from "../published.js";

/**
 * Words in Context: whether a word has the same sense in two sentences (Pilehvar and Camacho-Collados 2019,
 * https://arxiv.org/abs/1808.09121). It reads `word`, `sentence1`, `sentence2` and `label`, not where the word stands. The prompt is that
 * of lm-evaluation-harness' `wic` with the dictionary's form of the word, where that takes the form in the first sentence.
 */
export const wic = defineTask({
  name: "wic",
  title: "WiC",
  ...published("wic"),
  text: ["word", "sentence1", "sentence2"],
  label: "label",
  labels: falseOrTrue,
  metrics: ["accuracy"],
  prompt: {
    text: "Sentence 1: {sentence1}\nSentence 2: {sentence2}\nQuestion: Is the word '{word}' used in the same way in the two sentences above?\nAnswer:",
    answers: ["no", "yes"],
  },
});
