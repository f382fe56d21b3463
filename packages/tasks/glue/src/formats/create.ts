import { GlueError } from "../errors.js";
import type { Example } from "../load/example.js";
import type { Label, Task } from "../task.js";
import type { TextFormat } from "./format.js";
import { parseScore, roundedScore, scoreTexts } from "./scores.js";

/** A format out of the two things formats differ in: how the source is put together and how a class is written. */
export function createFormat(
  name: TextFormat["name"],
  source: TextFormat["source"],
  classText: (label: Label, index: number) => string,
): TextFormat {
  const labelTexts = ({ target }: Task) =>
    target.kind === "class" ? target.labels.map(classText) : scoreTexts(target.minimum, target.maximum);
  return {
    name,
    source,
    labelTexts,
    target: (task, example) => {
      const label = labelOf(task, example);
      return task.target.kind === "class" ? labelTexts(task)[label]! : roundedScore(label);
    },
    parse: (task, text) => {
      if (task.target.kind === "score") return parseScore(text.trim());
      const index = labelTexts(task).indexOf(text.trim());
      return index < 0 ? undefined : index;
    },
  };
}

function labelOf(task: Task, example: Example): number {
  if (example.label !== undefined) return example.label;
  throw new GlueError("E_GLUE_LABEL", `row ${example.index} of ${task.title} has no label to write as a target`);
}
