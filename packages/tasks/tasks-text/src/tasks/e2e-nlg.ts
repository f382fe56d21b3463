import { defineTask } from "@petl/table-tasks";

/**
 * E2E NLG: a sentence or two that say what is listed of a restaurant (Novikova et al. 2017, https://arxiv.org/abs/1706.09254). It reads
 * `meaning_representation` and `human_reference`.
 *
 * A list with several reference texts is as many rows. Each is trained on, and the test rows of a list are one example, whose answer is
 * compared with all of its texts, as the challenge's scorer does. A list is trained on or held out whole.
 */
export const e2eNlg = defineTask({
  name: "e2e-nlg",
  title: "E2E NLG",
  data: "hf:tuetschek/e2e_nlg",
  test: "test",
  text: "meaning_representation",
  lengths: { answer: 64 },
  label: "human_reference",
  kind: "text",
  group: "meaning_representation",
  mergeRows: true,
  metrics: ["bleu", "rougeL"],
  prompt: { text: "{meaning_representation}\nQuestion: How does a guide put this in a sentence or two?\nAnswer:" },
});
