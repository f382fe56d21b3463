import type { SegmentFormat } from "./format.js";
import { labelOf } from "./label.js";

/**
 * The texts of a task without a prompt, in the data set's order, for an encoder with a head: as in Hugging Face's
 * `run_glue.py`, classes are indices and STS-B a number. Of more than two texts, all but the first are one segment.
 */
export const segments: SegmentFormat = {
  kind: "segments",
  name: "segments",
  segments: (task, { sentences }) => {
    const [first = "", ...others] = task.fields.map((field) => sentences[field]!);
    return others.length === 0 ? [first] : [first, others.join(" ")];
  },
  label: labelOf,
};
