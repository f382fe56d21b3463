import type { GlueTask } from "../task.js";

/** A mean over tasks under which GLUE results are published; it may be given only where every task has a score. */
export interface GlueMean {
  readonly name: string;
  readonly tasks: readonly string[];
}

/** `GLUE-9` over all tasks of the official score; `GLUE-8` without WNLI, as T5, Ladder Side-Tuning and READ report. */
export function meansOver(tasks: readonly GlueTask[]): readonly GlueMean[] {
  const names = tasks.map(({ name }) => name);
  return [
    { name: "GLUE-9", tasks: names },
    { name: "GLUE-8", tasks: names.filter((name) => name !== "wnli") },
  ];
}
