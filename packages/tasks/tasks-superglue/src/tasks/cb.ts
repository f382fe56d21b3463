import { defineTask } from "@petl/table-tasks";
import { published } from "../published.js";

/**
 * CommitmentBank: whether the writer of the premise holds the clause in it to be true (de Marneffe et al. 2019,
 * https://doi.org/10.18148/sub/2019.v23i2.601). It reads `premise`, `hypothesis` and `label`, whose classes are in another order than
 * MNLI's. The prompt is lm-evaluation-harness' `cb`.
 */
export const cb = defineTask({
  name: "cb",
  title: "CB",
  ...published("cb"),
  text: ["premise", "hypothesis"],
  label: "label",
  labels: [
    { file: "0", word: "entailment" },
    { file: "1", word: "contradiction" },
    { file: "2", word: "neutral" },
  ],
  metrics: ["accuracy", "macro_f1"],
  prompt: {
    text: "{premise}\nQuestion: {hypothesis}. True, False, or Neither?\nAnswer:",
    answers: ["True", "False", "Neither"],
  },
});
