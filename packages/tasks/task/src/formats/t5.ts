import { createFormat } from "./create.js";

/**
 * Google's format: `mnli hypothesis: ... premise: ...`, fields sorted by name where the task says so, classes as words, STS-B rounded to 0.2.
 *
 * Raffel et al. 2020, appendix D, https://arxiv.org/abs/1910.10683; `glue` and `stsb` in T5's preprocessors.
 */
export const t5 = createFormat(
  "t5",
  (task, { sentences }) => {
    const fields = task.sortsFields ? [...task.fields].sort() : task.fields;
    const texts = fields.map((field) => `${field}: ${sentences[field]}`);
    return [task.writtenAs ?? task.name, ...texts].join(" ");
  },
  (_task, label) => label.word,
);
