import type { GlueTask } from "../task.js";
import { glue } from "./collection.js";
import { mnli } from "./mnli.js";

/** GLUE's diagnostic set: no training data, predicted by an MNLI model, and not part of the overall score. */
export const ax: GlueTask = {
  name: "ax",
  title: "AX",
  collection: glue,
  sortsFields: true,
  layout: "glue",
  folder: "diagnostic",
  fields: mnli.fields,
  columns: mnli.columns,
  label: "Label",
  target: mnli.target,
  evaluations: ["diagnostic"],
  splits: {
    diagnostic: {
      files: ["diagnostic-full.tsv"],
      officialRows: 1104,
      columns: { premise: "Premise", hypothesis: "Hypothesis" },
    },
    test: { files: ["diagnostic.tsv", "AX.tsv"], officialRows: 1104, label: null, optional: true },
  },
  metrics: ["matthews"],
  prompt: {
    text: "{premise}\nQuestion: {hypothesis:sentence} True, False or Neither?\nAnswer:",
    answers: ["True", "Neither", "False"],
  },
  writtenAs: "mnli",
  defects: {},
  download: [
    { path: "glue/data/AX.tsv", saveAs: "diagnostic.tsv" },
    { path: "glue/data/diagnostic-full.tsv", saveAs: "diagnostic-full.tsv" },
  ],
};
