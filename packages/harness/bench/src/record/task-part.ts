import type { RunRecord } from "@petl/results";
import type { Collection, Task } from "@petl/task";

/** What a record keeps of its task: what its answers are scored by, and no file. */
export function taskPart({ name, title, collection, target, evaluations, metrics }: Task): RunRecord["task"] {
  const scored = { evaluations: [...evaluations], metrics: [...metrics] };
  return {
    ...{ name, title, collection: collection === undefined ? null : copyOf(collection), ...scored },
    target: target.kind === "class" ? { kind: "class", labels: [...target.labels] } : target,
  };
}

const copyOf = ({ title, means }: Collection) => ({
  title,
  means: means.map(({ name, tasks }) => ({ name, tasks: [...tasks] })),
});
