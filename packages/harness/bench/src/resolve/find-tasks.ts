import { dirname, extname } from "node:path";
import { FileError, parseJson, readText } from "@petl/files";
import { allTasks, findTask } from "@petl/glue";
import { type OpenedTask, openTableTask, type ParsedDefinition, parseDefinition } from "@petl/table-tasks";
import type { Task } from "@petl/task";
import { BenchError, firstLine } from "../errors.js";
import { importWithContract } from "./one-copy.js";
import { announce, findModule, isPath } from "./packages.js";
import type { Places } from "./places.js";

/** As a suite has them. */
interface NamedTasks {
  readonly tasks: readonly string[];
  readonly definitions: readonly unknown[];
}

export interface FindTasksOptions {
  /** Where relative paths start. */
  readonly directory: string;
  readonly places: Places;
  readonly signal?: AbortSignal | undefined;
  /** A file whose answers are looked at, and how far. */
  readonly onProgress?: ((task: string, bytes: number, totalBytes: number) => void) | undefined;
}

export interface FoundTasks {
  readonly tasks: readonly Task[];
  /** What was guessed of a task, one sentence each. */
  readonly notices: readonly string[];
}

/** A definition and where its relative paths start. */
interface Placed {
  readonly definition: ParsedDefinition;
  readonly directory: string;
}

const mostBytes = 1 << 20;

/**
 * The tasks that a suite names, each once: by a name of GLUE or of the suite's own definitions, or by the path of a file with a
 * definition (`.json`, or a module whose default export it is).
 *
 * @throws TaskError for a definition or rows that do not fit; BenchError E_TASK_INVALID, E_CODE_UNTRUSTED
 */
export async function findTasks(suite: NamedTasks, options: FindTasksOptions): Promise<FoundTasks> {
  const own = new Map(
    suite.definitions.map((value, index) => {
      const definition = parseDefinition(value, `definition ${index + 1} of the suite`);
      return [definition.name, { definition, directory: options.directory }] as const;
    }),
  );
  const tasks = new Map<string, Task>();
  const notices: string[] = [];
  for (const name of new Set(suite.tasks)) {
    const placed = own.get(name) ?? (isFile(name) ? await readDefinition(name, options) : undefined);
    const found = placed === undefined ? { task: findTask(name), notices: [] } : await open(placed, options);
    const earlier = tasks.get(found.task.name);
    if (earlier !== undefined && placed !== undefined)
      throw new BenchError(
        "E_TASK_INVALID",
        `task "${name}": expected a name of its own, got "${found.task.name}" twice`,
      );
    tasks.set(found.task.name, found.task);
    notices.push(...found.notices);
  }
  return { tasks: [...tasks.values()], notices };
}

const isFile = (name: string): boolean => isPath(name) || /\.(json|[cm]?[jt]s)$/.test(name);

async function open({ definition, directory }: Placed, { signal, onProgress }: FindTasksOptions): Promise<OpenedTask> {
  const { name } = definition;
  if (allTasks.some((task) => task.name === name.toLowerCase()))
    throw new BenchError("E_TASK_INVALID", `task "${name}": expected a name that is not GLUE's; give it another`);
  return openTableTask(definition, {
    ...{ directory, signal, hub: { signal } },
    onProgress: (bytes, totalBytes) => onProgress?.(name, bytes, totalBytes),
  });
}

async function readDefinition(name: string, { directory, places }: FindTasksOptions): Promise<Placed> {
  const path = isPath(name) ? name : `./${name}`;
  const module = findModule(path, { ...places, directory, ...(extname(name) === ".json" && { trustCode: true }) });
  if (module === undefined)
    throw new BenchError(
      "E_TASK_INVALID",
      `task ${name}: no such file; expected a .json file or a module with a definition`,
    );
  const file = new URL(module.url);
  if (extname(name) !== ".json") announce("task", name, module, places);
  const value = extname(name) === ".json" ? readJson(name, file) : await importDefault(name, module.url);
  return { definition: parseDefinition(value, name), directory: dirname(file.pathname) };
}

function readJson(name: string, file: URL): unknown {
  try {
    return parseJson(readText(decodeURIComponent(file.pathname), mostBytes));
  } catch (cause) {
    const why =
      cause instanceof FileError ? `expected ${cause.expected}, got ${cause.got}` : `not JSON: ${firstLine(cause)}`;
    throw new BenchError("E_TASK_INVALID", `task ${name}: ${why}`, { cause });
  }
}

async function importDefault(name: string, url: string): Promise<unknown> {
  try {
    return (await importWithContract(url)).default;
  } catch (cause) {
    throw new BenchError("E_TASK_INVALID", `task ${name}: it could not be imported: ${firstLine(cause)}`, { cause });
  }
}
