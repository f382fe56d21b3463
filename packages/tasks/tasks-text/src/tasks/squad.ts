import { defineTask } from "@petl/table-tasks";

/**
 * SQuAD 1.1: a question that a part of the paragraph answers (Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250). It reads
 * `context`, `question` and `answers.text`, a list of texts that are all right; the first is trained on, and an answer's score is the
 * best over them. The test rows are hidden.
 */
export const squad = defineTask({
  name: "squad",
  title: "SQuAD",
  data: "hf:rajpurkar/squad",
  test: "validation",
  text: ["question", "context"],
  lengths: { source: 384, answer: 32 },
  label: "answers.text",
  kind: "text",
  metrics: ["exact_match", "token_f1"],
  prompt: { text: "{context}\nQuestion: {question}\nAnswer:" },
});
