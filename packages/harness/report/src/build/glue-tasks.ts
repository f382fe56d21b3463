import { glueMeans, glueTasks } from "@petl/glue/tasks";
import { type RunRecord, reportedScore } from "@petl/results";

const titles = new Map<string, string>(glueTasks.map(({ name, title }) => [name, title]));
const order = [...titles.keys()];

/** Position for sorting tasks: GLUE's order, then the others by name. */
export function compareTasks(left: string, right: string): number {
  const place = (task: string) => (titles.has(task) ? order.indexOf(task) : order.length);
  return place(left) - place(right) || (left < right ? -1 : left > right ? 1 : 0);
}

/** How a task is printed; MNLI evaluated on one of its two sets is "MNLI-m" or "MNLI-mm". */
export function taskLabel(task: string, records: readonly RunRecord[]): string {
  if (task === "mnli") return mnliLabel(records);
  return titles.get(task) ?? task;
}

/** "MNLI", or "MNLI-m" or "MNLI-mm" where the splits and metrics name only the matched or only the mismatched set. */
export function mnliLabel(records: readonly RunRecord[]): "MNLI" | "MNLI-m" | "MNLI-mm" {
  const names = records
    .filter((record) => record.run.task === "mnli")
    .flatMap((record) => [
      ...Object.keys(reportedScore(record)?.metrics ?? {}),
      ...(record.scores?.evaluations.map((evaluation) => evaluation.split) ?? []),
      ...(record.scores?.test ? [record.scores.test.split] : []),
    ]);
  const mismatched = names.some((name) => /mismatched/i.test(name));
  const matched = names.some((name) => /matched/i.test(name.replace(/mismatched/gi, "")));
  if (matched === mismatched) return "MNLI";
  return matched ? "MNLI-m" : "MNLI-mm";
}

/**
 * The means that may be named for a set of tasks: one of GLUE's published means only if each of its tasks is there, with
 * `(MNLI-m)` where MNLI is half scored; else the one mean of all the tasks, named by their number.
 */
export function namedMeans(tasks: readonly string[], mnli: string): { name: string; tasks: readonly string[] }[] {
  const half = mnli === "MNLI" ? "" : ` (${mnli})`;
  const means = glueMeans
    .filter((mean) => mean.tasks.every((task) => tasks.includes(task)))
    .map((mean) => ({ name: `${mean.name}${half}`, tasks: mean.tasks }));
  if (means.length > 0) return means;
  return [{ name: tasks.length === 1 ? "mean of 1 task" : `mean of ${tasks.length} tasks`, tasks }];
}
