import { TaskError } from "../errors.js";
import type { SegmentFormat } from "./format.js";
import { labelOf } from "./label.js";

/**
 * The texts of a task without a prompt, in the data set's order, for an encoder with a head: as in Hugging Face's
 * `run_glue.py`, classes are indices and STS-B a number.
 */
export const segments: SegmentFormat = {
  kind: "segments",
  name: "segments",
  segments: (task, { sentences }) => {
    const [first, second, ...more] = task.fields.map((field) => sentences[field]!);
    if (first === undefined || more.length > 0) {
      throw new TaskError("E_TASK_FORMAT", `the format segments cannot write ${task.title}`, {
        expected: "a task of one or two texts",
        got: `${task.fields.length}`,
      });
    }
    return second === undefined ? [first] : [first, second];
  },
  label: labelOf,
};
