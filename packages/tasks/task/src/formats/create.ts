import type { Label, Task } from "../task.js";
import type { TextFormat } from "./format.js";
import { labelOf, textOf } from "./label.js";
import { parseScore, roundedScore, scoreTexts } from "./scores.js";

/**
 * A format out of the things formats differ in: how the source is put together, how a class is written, and what stands
 * in front of every target.
 */
export function createFormat(
  name: TextFormat["name"],
  source: TextFormat["source"],
  classText: (task: Task, label: Label, index: number) => string,
  front = "",
): TextFormat {
  const answers = (task: Task): string[] => {
    if (task.target.kind === "text") return [];
    return task.target.kind === "class"
      ? task.target.labels.map((label, index) => classText(task, label, index))
      : scoreTexts(task.target);
  };
  return {
    kind: "text",
    name,
    source,
    segments: (task, example) => [source(task, example)],
    labelTexts: (task) => answers(task).map((text) => front + text),
    target: (task, example) => {
      const { target } = task;
      if (target.kind === "text") return front + textOf(task, example);
      const label = labelOf(task, example);
      return front + (target.kind === "class" ? answers(task)[label]! : roundedScore(label, target.step));
    },
    parse: (task, text) => {
      if (task.target.kind === "text") return text.trim();
      if (task.target.kind === "score") return parseScore(text.trim());
      const index = answers(task).indexOf(text.trim());
      return index < 0 ? undefined : index;
    },
  };
}
