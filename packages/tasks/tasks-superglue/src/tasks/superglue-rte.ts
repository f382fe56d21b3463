import { defineTask } from "@petl/table-tasks";
import { published } from "../published.js";

/**
 * Recognizing Textual Entailment 1, 2, 3 and 5 (Dagan et al. 2005, https://doi.org/10.1007/11736790_9, and later rounds): the rows of
 * GLUE's RTE, in SuperGLUE's columns `premise`, `hypothesis` and `label`. The name `rte` is GLUE's. The prompt is lm-evaluation-harness'
 * `sglue_rte`.
 */
export const superglueRte = defineTask({
  name: "superglue-rte",
  title: "RTE (SuperGLUE)",
  ...published("rte"),
  text: ["premise", "hypothesis"],
  label: "label",
  labels: [
    { file: "0", word: "entailment" },
    { file: "1", word: "not_entailment" },
  ],
  metrics: ["accuracy"],
  prompt: { text: "{premise}\nQuestion: {hypothesis} True or False?\nAnswer:", answers: ["True", "False"] },
});
