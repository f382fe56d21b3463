import { defineTask } from "@petl/table-tasks";
import { badOrGood } from "../bad-or-good.js";

/**
 * Rotten Tomatoes: whether a sentence of a review praises a film (Pang and Lee 2005, https://aclanthology.org/P05-1015). It reads `text`
 * and `label`; the split `validation` is not used.
 */
export const rottenTomatoes = defineTask({
  name: "rotten-tomatoes",
  title: "Rotten Tomatoes",
  data: "hf:cornell-movie-review-data/rotten_tomatoes",
  test: "test",
  text: "text",
  label: "label",
  labels: badOrGood,
  metrics: ["accuracy"],
  prompt: { text: "{text}\nQuestion: Is this sentence negative or positive?\nAnswer:" },
});
