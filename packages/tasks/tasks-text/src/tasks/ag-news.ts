import { defineTask } from "@petl/table-tasks";

/** AG News: the section of a news item (Zhang et al. 2015, https://arxiv.org/abs/1509.01626). It reads `text` and `label`. */
export const agNews = defineTask({
  name: "ag-news",
  title: "AG News",
  data: "hf:fancyzhx/ag_news",
  test: "test",
  text: "text",
  label: "label",
  labels: [
    { file: "0", word: "World" },
    { file: "1", word: "Sports" },
    { file: "2", word: "Business" },
    { file: "3", word: "Sci/Tech" },
  ],
  metrics: ["accuracy"],
  prompt: {
    text: "{text}\nQuestion: Is this news about World, Sports, Business or Technology?\nAnswer:",
    answers: ["World", "Sports", "Business", "Technology"],
  },
});
