import { defineTask } from "@petl/table-tasks";
import { falseOrTrue, published } from "../published.js";

/**
 * MultiRC: whether an answer to a question about a paragraph is right, of which several may be (Khashabi et al. 2018,
 * https://aclanthology.org/N18-1023). It reads `paragraph`, `question`, `answer`, `label`, and the question's number in `idx`. The prompt
 * is ours.
 *
 * Scored as in SuperGLUE by the mean of F1 over all answers (F1a) and of the share of questions with every answer right (EM).
 */
export const multirc = defineTask({
  name: "multirc",
  title: "MultiRC",
  ...published("multirc"),
  text: ["paragraph", "question", "answer"],
  lengths: { source: 384 },
  label: "label",
  labels: falseOrTrue,
  group: ["idx.paragraph", "idx.question"],
  metrics: ["f1", "group_exact_match"],
  prompt: {
    text: "{paragraph}\nQuestion: {question}\nProposed answer: {answer}\nIs the proposed answer right?\nAnswer:",
    answers: ["no", "yes"],
  },
});
