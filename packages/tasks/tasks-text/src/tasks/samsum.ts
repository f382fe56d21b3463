import { defineTask } from "@petl/table-tasks";

/**
 * SAMSum: a summary of a chat (Gliwa et al. 2019, https://aclanthology.org/D19-5409). It reads `dialogue` and `summary`; the split
 * `validation` is not used, and a row without a dialogue is dropped.
 */
export const samsum = defineTask({
  name: "samsum",
  title: "SAMSum",
  data: "hf:knkarthick/samsum",
  test: "test",
  text: "dialogue",
  lengths: { source: 256, answer: 64 },
  label: "summary",
  kind: "text",
  metrics: ["rouge1", "rouge2", "rougeL"],
  prompt: { text: "{dialogue}\nQuestion: What is this conversation about, in short?\nAnswer:" },
});
