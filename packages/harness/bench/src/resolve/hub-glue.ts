import type { GlueTask } from "@petl/glue";
import { type DatasetOptions, resolveDataset } from "@petl/hub";
import type { OpenedTask, TableTask } from "@petl/table-tasks";
import { TaskError } from "@petl/task";

/** GLUE on the hub, of which each task is a configuration. */
const repository = "hf:nyu-mll/glue";

/** Splits of the official release, by what the hub calls them. */
const splitNames: Readonly<Record<string, string>> = {
  dev: "validation",
  dev_matched: "validation_matched",
  dev_mismatched: "validation_mismatched",
};

/**
 * A task of GLUE with the hub's rows: the same texts and classes in the same order, in columns of the fields' names, with class indexes
 * for labels. @throws HubError; {TaskError} `E_TASK_SPLIT` for a task or copy without rows to train on
 */
export async function hubGlueTask(
  task: GlueTask,
  signal?: AbortSignal,
  options: DatasetOptions = {},
): Promise<OpenedTask> {
  if (task.splits.train === undefined) throw new TaskError("E_TASK_SPLIT", `${task.title} has no training data`);
  const dataset = await resolveDataset(`${repository}/${task.name}`, { signal, ...options });
  const files = Object.fromEntries(["train", ...task.evaluations].map((split) => [split, filesOf(split)] as const));
  const { name, title, collection, fields, sortsFields, target, evaluations, metrics, prompt } = task;
  const table: TableTask = {
    ...{ layout: "table", name, title, fields, evaluations, metrics, files, cut: null },
    ...(collection && { collection }),
    ...(sortsFields && { sortsFields }),
    ...(prompt && { prompt }),
    columns: Object.fromEntries(fields.map((field) => [field, field])),
    label: "label",
    target:
      target.kind === "class"
        ? { kind: "class", labels: target.labels.map(({ word }, index) => ({ file: String(index), word })) }
        : target,
  };
  return {
    task: table,
    notices: [`${title}: the rows are those of ${dataset.repository} at commit ${dataset.revision}.`],
  };

  function filesOf(split: string): readonly string[] {
    const found = dataset.splits[splitNames[split] ?? split];
    if (found !== undefined) return found;
    const got = Object.keys(dataset.splits).join(", ") || "none";
    throw new TaskError("E_TASK_SPLIT", `${title} has no split ${split}`, {
      file: dataset.repository,
      expected: splitNames[split] ?? split,
      got,
    });
  }
}
