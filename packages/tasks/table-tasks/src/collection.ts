import type { Collection } from "@petl/task";
import { z } from "zod";
import { type ParsedDefinition, parseDefinition, type TaskDefinition } from "./definition.js";

/** Tasks that are published together, as the default export of a package `@petl/tasks-<name>`. */
export interface TaskCollection extends Collection {
  /** Short, for flags: `superglue/boolq`. */
  readonly name: string;
  readonly tasks: readonly TaskDefinition[];
}

/** A collection with the editor's help. */
export const defineCollection = (collection: TaskCollection): TaskCollection => collection;

const shape = z.object({
  name: z.string().regex(/^[a-z0-9][\w-]*$/),
  title: z.string().min(1),
  tasks: z.array(z.unknown()).min(1),
  means: z.array(z.strictObject({ name: z.string().min(1), tasks: z.array(z.string()).min(1) })).default([]),
});

export interface ParsedCollection extends Collection {
  readonly name: string;
  readonly tasks: readonly ParsedDefinition[];
}

/** What is wrong with a module's default export as a collection, or the collection. @throws {TaskError} for a task of it that is wrong */
export function parseCollection(value: unknown, where: string): ParsedCollection | string {
  const parsed = shape.safeParse(value);
  if (!parsed.success) return `${parsed.error.issues[0]!.path.join(".") || "it"}: ${parsed.error.issues[0]!.message}`;
  const tasks = parsed.data.tasks.map((task, index) => parseDefinition(task, `${where}, task ${index + 1}`));
  return { ...parsed.data, tasks };
}
