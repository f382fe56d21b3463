import { defineTask } from "@petl/table-tasks";
import { falseOrTrue, published } from "../published.js";

/**
 * BoolQ: a question asked of a search engine, answered yes or no by a passage (Clark et al. 2019, https://arxiv.org/abs/1905.10044). It
 * reads `question`, `passage` and `label`. The prompt is lm-evaluation-harness' `boolq`; questions come without a question mark.
 */
export const boolq = defineTask({
  name: "boolq",
  title: "BoolQ",
  ...published("boolq"),
  text: ["question", "passage"],
  lengths: { source: 256 },
  label: "label",
  labels: falseOrTrue,
  metrics: ["accuracy"],
  prompt: { text: "{passage}\nQuestion: {question}?\nAnswer:", answers: ["no", "yes"] },
});
