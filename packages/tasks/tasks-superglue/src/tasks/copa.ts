import { defineTask } from "@petl/table-tasks";
import { published } from "../published.js";

/**
 * Choice of Plausible Alternatives: which of two sentences is the cause or the effect of the premise (Roemmele et al. 2011, AAAI Spring
 * Symposium). It reads `premise`, `choice1`, `choice2`, `question` (`cause` or `effect`) and `label`.
 *
 * This is how a task of multiple choice is written here: each option is a field of the text, and the answer names the right one. A model
 * never scores the options' own words, as lm-evaluation-harness does, so its scores of COPA are not these. The prompt is ours.
 */
export const copa = defineTask({
  name: "copa",
  title: "COPA",
  ...published("copa"),
  text: ["premise", "choice1", "choice2", "question"],
  label: "label",
  labels: [
    { file: "0", word: "choice1" },
    { file: "1", word: "choice2" },
  ],
  metrics: ["accuracy"],
  prompt: {
    text: "{premise}\nQuestion: What is the {question} of this?\nA. {choice1}\nB. {choice2}\nAnswer:",
    answers: ["A", "B"],
  },
});
