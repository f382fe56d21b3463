import { resolve } from "node:path";
import type { BackboneFiles } from "@petl/backbone";
import { FileError, parseJson, readText } from "@petl/files";
import type { Task, TaskData } from "@petl/task";
import { BenchError } from "../errors.js";
import type { Places } from "../resolve/places.js";
import { taskReader } from "../resolve/task-reader.js";
import { type Plan, planSuite } from "./plan.js";
import { keyOfRun } from "./run-key.js";
import { parseSuite, type Suite } from "./schema.js";
import type { TaskFiles } from "./task-files.js";

/** A plan as JSON, from which another process goes on without reading data or backbone again. */
export interface SharedPlan {
  readonly version: typeof currentVersion;
  /** As `Plan.id`. */
  readonly id: string;
  readonly suite: Suite;
  readonly searchOnly: boolean;
  /** Where relative paths of the suite start. */
  readonly directory: string;
  readonly data: Pick<TaskData, "directory" | "source">;
  readonly tasks: readonly { readonly task: Task; readonly files: TaskFiles }[];
  readonly backbone: BackboneFiles;
  /** Every run in the plan's order, of which the number is its place here, from 0. */
  readonly runs: readonly SharedRun[];
}

/** A run of a shared plan. */
export interface SharedRun {
  /** As `OutlinedRun.slot`. */
  readonly slot: string;
  readonly wave: number;
  readonly method: string;
  readonly task: string;
  /** Null where it depends on what a search has still to choose. */
  readonly id: string | null;
  /** What it has in common with its record, and with no other but those of its rung. */
  readonly key: string;
}

const currentVersion = 1;
/** Of a plan of a hundred thousand runs. */
const mostBytes = 64 << 20;

/** A plan for other processes. `directory` is absolute. */
export function sharedPlan(
  { id, suite, inputs, outline, runs }: Plan,
  { directory, searchOnly }: Pick<SharedPlan, "directory" | "searchOnly">,
): SharedPlan {
  const { data, tasks, files, backbone } = inputs;
  if (data === null) throw new Error("a plan without data cannot be shared"); // only dry runs plan without
  const ids = new Map(runs.map((run) => [run.slot, run.id]));
  return {
    version: currentVersion,
    ...{ id, suite, searchOnly, directory, backbone },
    data: { directory: resolve(directory, data.directory), source: data.source },
    tasks: tasks.map((task) => ({ task, files: files.get(task)! })),
    runs: outline.map((run) => {
      const { slot, wave, method, task } = run;
      return { slot, wave, method: method.name, task: task.name, id: ids.get(slot) ?? null, key: keyOfRun(run) };
    }),
  };
}

/** Reads a plan that another process shared. @throws BenchError E_SUITE_INVALID */
export function readSharedPlan(file: string): SharedPlan {
  let value: unknown;
  try {
    value = parseJson(readText(file, mostBytes));
  } catch (cause) {
    const got = cause instanceof FileError ? cause.got : (cause as Error).message;
    throw new BenchError("E_SUITE_INVALID", `plan ${file}: expected a plan that bench glue shared, got ${got}`, {
      cause,
    });
  }
  const { version, suite, runs } = Object(value) as Partial<SharedPlan>;
  if (version === currentVersion && Array.isArray(runs))
    return { ...(value as SharedPlan), suite: parseSuite(suite, `plan ${file}`) };
  throw new BenchError(
    "E_SUITE_INVALID",
    `plan ${file}: expected a plan of version ${currentVersion} that bench glue shared, got version ${version ?? "none"}; submit it again`,
  );
}

/** The plan again, of code and device of this process and with what was read by the one that shared it. @throws BenchError, ConfigError */
export async function planShared(shared: SharedPlan, places: Places): Promise<Plan> {
  const { suite, searchOnly, directory, data, tasks, backbone } = shared;
  const files = new Map(tasks.map(({ task, files }) => [task, files]));
  const reader = (task: Task) => taskReader(task, data.directory);
  const inputs = { tasks: [...files.keys()], data: { ...data, reader }, files, backbone };
  return planSuite(suite, { directory, places: { ...places, directory }, searchOnly, inputs });
}
