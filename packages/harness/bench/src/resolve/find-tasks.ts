import { dirname, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { FileError, parseJson, readText } from "@petl/files";
import { allTasks, findTask } from "@petl/glue";
import { type OpenedTask, openTableTask, type ParsedDefinition, parseDefinition } from "@petl/table-tasks";
import type { Task } from "@petl/task";
import { BenchError, firstLine } from "../errors.js";
import { hubGlueTask } from "./hub-glue.js";
import { inCollections, type Placed } from "./in-collections.js";
import { importWithContract } from "./one-copy.js";
import { announce, findModule, isPath } from "./packages.js";
import type { Places } from "./places.js";

/** As a suite has them. */
interface NamedTasks {
  readonly tasks: readonly string[];
  readonly definitions: readonly unknown[];
  readonly data: string;
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

const mostBytes = 1 << 20;

/**
 * The tasks that a suite names, each once: by a name of GLUE, of the suite's own definitions or of a collection (`superglue/boolq`, or
 * `superglue` for all of it), or by the path of a file with a definition (`.json`, or a module whose default export it is).
 *
 * @throws TaskError for a definition or rows that do not fit; BenchError E_TASK_INVALID, E_CODE_UNTRUSTED; HubError
 */
export async function findTasks(suite: NamedTasks, options: FindTasksOptions): Promise<FoundTasks> {
  const tasks = new Map<string, Task>();
  const notices: string[] = [];
  for (const name of new Set(suite.tasks))
    for (const { task, notices: own } of await tasksNamed(name, suite, options)) {
      const earlier = tasks.get(task.name);
      if (earlier !== undefined && JSON.stringify(earlier) !== JSON.stringify(task))
        throw new BenchError("E_TASK_INVALID", `task "${name}": expected a name of its own, got "${task.name}" twice`);
      tasks.set(task.name, task);
      notices.push(...own);
    }
  return { tasks: [...tasks.values()], notices: [...new Set(notices)] };
}

type Found = Pick<FoundTasks, "notices"> & { readonly task: Task };

async function tasksNamed(name: string, suite: NamedTasks, options: FindTasksOptions): Promise<readonly Found[]> {
  const own = ownDefinitions(suite).get(name);
  if (own !== undefined) return [await openOwn({ definition: own, directory: options.directory }, options)];
  if (isFile(name)) return [await openOwn(await readDefinition(name, options), options)];
  if (isGlueName(name))
    return [
      suite.data === "hf" ? await hubGlueTask(findTask(name), options.signal) : { task: findTask(name), notices: [] },
    ];
  const placed = await inCollections(name, { ...suite, ...options });
  return Promise.all(placed.map((each) => open(each, options)));
}

const isFile = (name: string): boolean => isPath(name) || /\.(json|[cm]?[jt]s)$/.test(name);

const isGlueName = (name: string): boolean =>
  allTasks.some((task) => task.name === name.toLowerCase().replace(/[-_]/g, ""));

function ownDefinitions({ definitions }: NamedTasks): ReadonlyMap<string, ParsedDefinition> {
  const parsed = definitions.map((value, index) => parseDefinition(value, `definition ${index + 1} of the suite`));
  return new Map(parsed.map((definition) => [definition.name, definition]));
}

async function openOwn(placed: Placed, options: FindTasksOptions): Promise<OpenedTask> {
  const { name } = placed.definition;
  if (isGlueName(name))
    throw new BenchError("E_TASK_INVALID", `task "${name}": expected a name that is not GLUE's; give it another`);
  return open(placed, options);
}

async function open(
  { definition, directory, collection }: Placed,
  { signal, onProgress }: FindTasksOptions,
): Promise<OpenedTask> {
  return openTableTask(definition, {
    ...{ directory, collection, signal, hub: { signal } },
    onProgress: (bytes, totalBytes) => onProgress?.(definition.name, bytes, totalBytes),
  });
}

async function readDefinition(name: string, { directory, places }: FindTasksOptions): Promise<Placed> {
  const isData = extname(name) === ".json";
  const path = isPath(name) ? name : `./${name}`;
  const module = findModule(path, { ...places, directory, ...(isData && { trustCode: true }) });
  if (module === undefined)
    throw new BenchError(
      "E_TASK_INVALID",
      `task ${name}: no such file; expected a .json file or a module with a definition`,
    );
  const file = fileURLToPath(module.url);
  if (!isData) announce("task", name, module, places);
  const value = isData ? readJson(name, file) : await importDefault(name, module.url);
  return { definition: parseDefinition(value, name), directory: dirname(file) };
}

function readJson(name: string, file: string): unknown {
  try {
    return parseJson(readText(file, mostBytes));
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
