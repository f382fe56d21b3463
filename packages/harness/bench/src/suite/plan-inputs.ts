import { type BackboneFiles, backboneFiles } from "@petl/backbone";
import type { Task, TaskData } from "@petl/task";
import type { FoundBackbone } from "../resolve/backbone.js";
import { type DataDownload, openData } from "../resolve/data.js";
import type { Suite } from "./schema.js";
import { type TaskFiles, taskFiles } from "./task-files.js";

/** What a plan has read before anything runs. */
export interface PlanInputs {
  readonly tasks: readonly Task[];
  /** Null where a dry run found the data not downloaded yet. */
  readonly data: TaskData | null;
  /** Of each task, if there are data. */
  readonly files: ReadonlyMap<Task, TaskFiles>;
  readonly backbone: BackboneFiles;
}

export interface ReadOptions {
  readonly download?: DataDownload;
  /** Plan without data: ids are then those of no data. */
  readonly withoutData?: boolean;
  /** Read every file of the backbone for its digest, even one whose digest is remembered. */
  readonly verify?: boolean;
  /** A table of a task that is read and checked, and how far. */
  readonly onTable?: (task: string, bytes: number, totalBytes: number) => void;
  /** Plan only the trials of a search. */
  readonly searchOnly?: boolean;
}

interface Asked {
  readonly suite: Suite;
  readonly tasks: readonly Task[];
  readonly found: FoundBackbone;
}

/** Opens a suite's data, reads the files of its tasks once, and finds those of its backbone. @throws BenchError, TaskError or CheckpointError */
export async function readInputs(
  { suite, tasks, found }: Asked,
  { withoutData, download, verify, searchOnly = false, onTable }: ReadOptions,
): Promise<{ readonly inputs: PlanInputs; readonly notices: readonly string[] }> {
  const { data, notices } = withoutData ? { data: null, notices: [] } : await openData(suite.data, tasks, download);
  const { reference, family } = found;
  const backbone = await backboneFiles(reference, family.definition, { verify, signal: download?.signal });
  const files = new Map<Task, TaskFiles>();
  if (data !== null)
    for (const task of tasks) {
      const onProgress = (bytes: number, totalBytes: number) => onTable?.(task.name, bytes, totalBytes);
      files.set(task, await taskFiles(data, task, searchOnly, onProgress));
    }
  return { inputs: { tasks, data, files, backbone }, notices };
}
