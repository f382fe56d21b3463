import { defineTask } from "@petl/table-tasks";
import { badOrGood } from "../bad-or-good.js";

/**
 * IMDb: whether a review praises a film (Maas et al. 2011, https://aclanthology.org/P11-1015). It reads `text` and `label`; the split
 * `unsupervised` is not used. Reviews are long: with a short `maxLength` only their beginning is read.
 */
export const imdb = defineTask({
  name: "imdb",
  title: "IMDb",
  data: "hf:stanfordnlp/imdb",
  test: "test",
  text: "text",
  lengths: { source: 256 },
  label: "label",
  labels: badOrGood,
  metrics: ["accuracy"],
  prompt: { text: "{text}\nQuestion: Is this review negative or positive?\nAnswer:" },
});
