import type { RunRecord } from "@petl/results";

/** The nine tasks of the GLUE score, by name, as they are printed. Wang et al. 2019, https://arxiv.org/abs/1804.07461 */
const labels = new Map([
  ["cola", "CoLA"],
  ["sst2", "SST-2"],
  ["mrpc", "MRPC"],
  ["qqp", "QQP"],
  ["stsb", "STS-B"],
  ["mnli", "MNLI"],
  ["qnli", "QNLI"],
  ["rte", "RTE"],
  ["wnli", "WNLI"],
]);
const glue9 = [...labels.keys()];
const glue8 = glue9.filter((task) => task !== "wnli");

/** Position for sorting tasks: GLUE's order, then the others by name. */
export function compareTasks(left: string, right: string): number {
  const place = (task: string) => (labels.has(task) ? glue9.indexOf(task) : glue9.length);
  return place(left) - place(right) || (left < right ? -1 : left > right ? 1 : 0);
}

/** How a task is printed; MNLI evaluated on one of its two sets is "MNLI-m" or "MNLI-mm". */
export function taskLabel(task: string, records: readonly RunRecord[]): string {
  if (task === "mnli") return mnliLabel(records);
  return labels.get(task) ?? task;
}

/** "MNLI", or "MNLI-m" or "MNLI-mm" where the splits and metrics name only the matched or only the mismatched set. */
export function mnliLabel(records: readonly RunRecord[]): "MNLI" | "MNLI-m" | "MNLI-mm" {
  const names = records
    .filter((record) => record.run.task === "mnli")
    .flatMap(({ scores }) => [
      ...Object.keys(scores?.best.metrics ?? {}),
      ...(scores?.evaluations.map((evaluation) => evaluation.split) ?? []),
    ]);
  const mismatched = names.some((name) => /mismatched/i.test(name));
  const matched = names.some((name) => /matched/i.test(name.replace(/mismatched/gi, "")));
  if (matched === mismatched) return "MNLI";
  return matched ? "MNLI-m" : "MNLI-mm";
}

/**
 * The means that may be named for a set of tasks: `GLUE-9` (all nine) and `GLUE-8` (without WNLI) only when each of
 * their tasks is there, with `(MNLI-m)` where MNLI is half scored; else the one mean of all the tasks, named by their
 * number.
 */
export function namedMeans(tasks: readonly string[], mnli: string): { name: string; tasks: readonly string[] }[] {
  const half = mnli === "MNLI" ? "" : ` (${mnli})`;
  const complete = (wanted: readonly string[]) => wanted.every((task) => tasks.includes(task));
  const means = [];
  if (complete(glue9)) means.push({ name: `GLUE-9${half}`, tasks: glue9 });
  if (complete(glue8)) means.push({ name: `GLUE-8${half}`, tasks: glue8 });
  if (means.length > 0) return means;
  return [{ name: tasks.length === 1 ? "mean of 1 task" : `mean of ${tasks.length} tasks`, tasks }];
}
