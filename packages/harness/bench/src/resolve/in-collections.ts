import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { allTasks } from "@petl/glue";
import type { ParsedCollection, ParsedDefinition } from "@petl/table-tasks";
import type { Collection } from "@petl/task";
import { BenchError } from "../errors.js";
import { findCollection, listCollections } from "./collections.js";
import { isDataWord } from "./data.js";
import { nearMatch } from "./near-match.js";
import type { Places } from "./places.js";

/** A definition, where its relative paths start, and what it is published in. */
export interface Placed {
  readonly definition: ParsedDefinition;
  readonly directory: string;
  readonly collection?: Collection;
}

interface Where {
  readonly directory: string;
  /** Of the suite: a directory, or a word for where GLUE's rows come from. */
  readonly data: string;
  /** All that the suite names. */
  readonly tasks: readonly string[];
  readonly places: Places;
}

/**
 * The tasks that a name means: `superglue` all of a collection, `superglue/boolq` one, and `boolq` the one of the only collection that has
 * it. Where `data` is a directory with a folder of a task's name, its rows are there; one without is GLUE's, or an error.
 *
 * @throws BenchError E_TASK_INVALID for a name that nothing has, with the nearest, or that several collections have
 */
export async function inCollections(name: string, { directory, data, tasks, places }: Where): Promise<Placed[]> {
  const [first, ...rest] = name.split("/");
  const collection = await findCollection(first!, places);
  if (collection !== undefined && rest.length === 0) return collection.tasks.map((task) => placedIn(collection, task));
  const known = await listCollections(places);
  const searched = collection !== undefined ? [collection] : rest.length === 0 ? known : [];
  const wanted = collection === undefined ? name : rest.join("/");
  const found = searched.flatMap((each) =>
    each.tasks.filter((task) => task.name === wanted).map((task) => ({ of: each, task })),
  );
  if (found.length === 1) return [placedIn(found[0]!.of, found[0]!.task)];
  throw found.length === 0 ? unknown(name, known) : ambiguous(name, found);

  function placedIn({ title, means }: Collection, definition: ParsedDefinition): Placed {
    const folder = join(resolve(directory, data), definition.name);
    const isDirectory = !isDataWord(data);
    const isHere = isDirectory && existsSync(folder);
    if (isDirectory && !isHere && !tasks.some((task) => allTasks.some((each) => each.name === task)))
      throw new BenchError(
        "E_DATA_INVALID",
        `data ${data}: expected a folder ${definition.name} with its rows, got none; leave --data out to take them from the hub`,
      );
    return {
      definition: isHere ? { ...definition, data: folder } : definition,
      directory,
      collection: { title, means },
    };
  }
}

function unknown(name: string, known: readonly ParsedCollection[]): BenchError {
  const names = [...allTasks.map((task) => task.name), ...known.flatMap(fullNames)];
  const short = known.flatMap((each) => [each.name, ...each.tasks.map((task) => task.name)]);
  const expected = `no such task; expected one of ${names.join(", ")}, or the path of a file`;
  return new BenchError("E_TASK_INVALID", `task "${name}": ${expected}.${nearMatch(name, [...names, ...short])}`);
}

function ambiguous(name: string, found: readonly { readonly of: ParsedCollection }[]): BenchError {
  const names = found.map(({ of }) => `${of.name}/${name}`).join(", ");
  return new BenchError("E_TASK_INVALID", `task "${name}": expected one of ${names}, got a name that each has`);
}

const fullNames = ({ name, tasks }: ParsedCollection): string[] => tasks.map((task) => `${name}/${task.name}`);
