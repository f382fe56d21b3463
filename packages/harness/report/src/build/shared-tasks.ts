import type { ExcludedTask, Task, TaskResult } from "../model/model.js";
import { distinct } from "../statistics/statistics.js";
import type { VariantRecords } from "./variants.js";

/** The variants with a completed run, the tasks that all of them completed, and why each other task is not among those. */
export function sharedTasks(
  tasks: readonly Task[],
  variants: readonly VariantRecords[],
  results: readonly TaskResult[],
): { compared: VariantRecords[]; commonTasks: string[]; excludedTasks: ExcludedTask[] } {
  const hasDone = ({ variant }: VariantRecords, task?: string) =>
    results.some((each) => each.variant === variant.id && each.task === (task ?? each.task) && each.seeds.length > 0);
  const compared = variants.filter((variant) => hasDone(variant));
  const lacking = ({ name }: Task) => compared.filter((variant) => !hasDone(variant, name));
  const excluded = tasks.filter((task) => lacking(task).length > 0);
  return {
    compared,
    commonTasks: compared.length === 0 ? [] : tasks.filter((task) => !excluded.includes(task)).map(({ name }) => name),
    excludedTasks: excluded.map((task) => ({
      ...task,
      reasons: lacking(task).map((variant) => whyLacking(variant, task.name)),
    })),
  };
}

function whyLacking({ variant, records }: VariantRecords, task: string): string {
  const states = distinct(records.filter(({ run }) => run.task === task).map(({ status }) => status));
  return `${variant.label} ${states.length > 0 ? states.join(" and ") : "was not run"}`;
}
