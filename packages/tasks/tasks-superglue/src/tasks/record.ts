import { defineTask } from "@petl/table-tasks";
import { published } from "../published.js";

/**
 * ReCoRD: the name that belongs in place of `@placeholder` in a sentence about a news article (Zhang et al. 2018,
 * https://arxiv.org/abs/1810.12885). It reads `passage`, `query` and `answers`, a list of names that are all right; the first is trained
 * on, and an answer's score is the best over them. The prompt is ours.
 *
 * `entities`, the list of candidates, is not read: all of them stand in the passage, and a model writes its answer freely.
 */
export const record = defineTask({
  name: "record",
  title: "ReCoRD",
  ...published("record"),
  text: ["passage", "query"],
  lengths: { source: 512, answer: 16 },
  label: "answers",
  kind: "text",
  metrics: ["exact_match", "token_f1"],
  prompt: { text: "{passage}\nQuestion: Which name does @placeholder stand for in the following?\n{query}\nAnswer:" },
});
