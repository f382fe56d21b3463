import { createFormat } from "./create.js";

/**
 * Ladder Side-Tuning's format: fields in the data set's order, classes as their index.
 *
 * As in the published code, MNLI's second key has no colon: `mnli premise: ... hypothesis ...`. Unlike it, STS-B's targets are
 * rounded to 0.2 as Google's are; its formula rounds to 0.1 while its label list has steps of 0.2.
 *
 * Sung et al. 2022, https://arxiv.org/abs/2206.06522, `seq2seq/data/tasks.py`.
 */
export const lst = createFormat(
  "lst",
  (task, { sentences }) => {
    const texts = task.fields.map((field) => `${field}${field === "hypothesis" ? "" : ":"} ${sentences[field]}`);
    return [task.writtenAs ?? task.name, ...texts].join(" ");
  },
  (_task, _label, index) => String(index),
);
