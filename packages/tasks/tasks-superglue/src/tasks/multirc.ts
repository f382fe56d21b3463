import { defineTask } from "@petl/table-tasks";
import { falseOrTrue, published } from "../published.js";

/**
 * MultiRC: whether an answer to a question about a paragraph is right, of which several may be (Khashabi et al. 2018,
 * https://aclanthology.org/N18-1023). It reads `paragraph`, `question`, `answer` and `label`. The prompt is ours.
 *
 * Scored by F1 over all answers (SuperGLUE's F1a). The other official metric, the share of questions with every answer right, needs the
 * answers of a question together, which a table of rows does not have: a score here is not SuperGLUE's.
 */
export const multirc = defineTask({
  name: "multirc",
  title: "MultiRC",
  ...published("multirc"),
  text: ["paragraph", "question", "answer"],
  lengths: { source: 384 },
  label: "label",
  labels: falseOrTrue,
  metrics: ["f1"],
  prompt: {
    text: "{paragraph}\nQuestion: {question}\nProposed answer: {answer}\nIs the proposed answer right?\nAnswer:",
    answers: ["no", "yes"],
  },
});
