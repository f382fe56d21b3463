import type { PublishedTable } from "@petl/report";

const notGiven = null;

/** What the papers claim, to stand beside our figures and never among them. */
export const published: readonly PublishedTable[] = [
  {
    title: "READ against full tuning, T5 on GLUE",
    source: {
      text: "Nguyen, Wang, Li and Wu 2023, READ: Recurrent Adaptation of Large Transformers, abstract",
      url: "https://arxiv.org/abs/2305.15348",
    },
    conditions: "Relative to full tuning, on the authors' GPUs; the measuring conditions are in the paper.",
    headers: ["Method", "Training memory", "GPU energy"],
    rows: [["READ", "−56 %", "−84 %"]],
  },
  {
    title: "Ladder Side-Tuning's comparison, T5-base on GLUE",
    source: {
      text: "Sung, Cho, Bansal 2022, LST: Ladder Side-Tuning for Parameter and Memory Efficient Transfer Learning, table 1",
      url: "https://arxiv.org/abs/2206.06522",
    },
    conditions:
      "Batch 100; GB as the authors count them (1,000 MiB); the mean is of eight tasks, without WNLI. Means of the other methods and the scores of single tasks are in the source.",
    headers: ["Method", "Training memory, GB", "Mean score"],
    rows: [
      ["Full fine-tuning", "17.6", "85.2"],
      ["Adapters", "13.0", notGiven],
      ["LoRA", "12.6", notGiven],
      ["BitFit", "10.7", notGiven],
      ["Prompt tuning", "22.2", notGiven],
      ["Ladder Side-Tuning", "5.5", "84.1"],
    ],
  },
];
