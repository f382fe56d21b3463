import { homedir } from "node:os";
import { join } from "node:path";
import { hasSplit } from "../load/locate.js";
import type { GlueTask } from "../task.js";

/** The directory of downloaded tasks: `$PETL_CACHE/glue`, or `~/.cache/petl-bench/glue`. */
export function defaultCacheDir(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(environment.PETL_CACHE || join(homedir(), ".cache", "petl-bench"), "glue");
}

/** The splits that training and evaluating a task needs and the directory lacks. */
export function missingSplits(directory: string, task: GlueTask): string[] {
  const needed: string[] = task.splits.train === undefined ? [] : ["train"];
  const evaluations = task.evaluations.filter((name) => task.splits[name]?.optional !== true);
  return [...needed, ...evaluations].filter((name) => !hasSplit(directory, task, name));
}
