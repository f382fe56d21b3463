import { glue, glueTasks } from "@petl/glue/tasks";
import { type RunRecord, reportedScore } from "@petl/results";

const titles = new Map<string, string>(glueTasks.map(({ name, title }) => [name, title]));
const order = [...titles.keys()];

/** Compares tasks by place: GLUE's in its order, then those of other collections, then those of one's own, each by name. */
export function taskOrder(records: readonly RunRecord[]): (left: string, right: string) => number {
  const collections = new Map(records.map(({ run, task }) => [run.task, task?.collection?.title ?? null]));
  const place = (task: string): string => {
    if (titles.has(task)) return `0 ${String(order.indexOf(task)).padStart(4, "0")}`;
    const collection = collections.get(task) ?? null;
    return collection === null ? `2 ${task}` : `1 ${collection} ${task}`;
  };
  return (left, right) => (place(left) < place(right) ? -1 : place(left) > place(right) ? 1 : 0);
}

/** How a task is printed; MNLI evaluated on one of its two sets is "MNLI-m" or "MNLI-mm". */
export function taskLabel(task: string, records: readonly RunRecord[]): string {
  if (task === "mnli") return mnliLabel(records);
  const recorded = records.find((record) => record.run.task === task && record.task !== null)?.task?.title;
  return recorded ?? titles.get(task) ?? task;
}

/** "MNLI", or "MNLI-m" or "MNLI-mm" where the splits and metrics name only the matched or only the mismatched set. */
function mnliLabel(records: readonly RunRecord[]): "MNLI" | "MNLI-m" | "MNLI-mm" {
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

type Means = readonly { readonly name: string; readonly tasks: readonly string[] }[];

/**
 * The means that may be named for a set of tasks: a mean that a collection publishes only if each of its tasks is there, with
 * `(MNLI-m)` where MNLI is half scored; else the one mean of all the tasks, named by their number.
 */
export function namedMeans(tasks: readonly string[], records: readonly RunRecord[]): Means {
  const mnli = mnliLabel(records);
  const half = (of: readonly string[]) => (of.includes("mnli") && mnli !== "MNLI" ? ` (${mnli})` : "");
  const published = new Map(
    [...glue.means, ...records.flatMap(({ task }) => task?.collection?.means ?? [])].map((mean) => [mean.name, mean]),
  );
  const means = [...published.values()]
    .filter((mean) => mean.tasks.every((task) => tasks.includes(task)))
    .map((mean) => ({ name: `${mean.name}${half(mean.tasks)}`, tasks: mean.tasks }));
  if (means.length > 0) return means;
  return [{ name: tasks.length === 1 ? "mean of 1 task" : `mean of ${tasks.length} tasks`, tasks }];
}
