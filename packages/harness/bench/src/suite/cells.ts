import type { ChosenSettings } from "@petl/results";
import type { Task } from "@petl/task";
import type { FoundMethod } from "../resolve/method.js";
import { configHash } from "./config-hash.js";
import type { GivenSettings, Suite } from "./schema.js";

/** A method with one configuration, as a suite names it. */
export interface Arm {
  /** The method's name, and where the suite has it several times, what tells this one apart, in the words of `--method`. */
  readonly label: string;
  readonly method: FoundMethod;
  readonly config: unknown;
  /** The configuration as the suite has it. */
  readonly given: Readonly<Record<string, unknown>>;
  /** What it has of its own over the suite's settings. */
  readonly settings: GivenSettings;
  readonly cacheActivations: Suite["cacheActivations"];
}

/** One arm on one task with one limit: its search, if any, and its final runs. */
export interface Cell {
  readonly name: string;
  readonly arm: Arm;
  readonly task: Task;
  readonly limit: number | null;
  /** What an earlier search chose; null: none did. */
  readonly found: ChosenSettings | null;
  readonly isSearched: boolean;
}

/** The cells of a suite on one task. */
export function cellsOf(suite: Suite, arms: readonly Arm[], task: Task): Cell[] {
  return limitsOf(suite).flatMap((limit) =>
    arms.map((arm, index): Cell => {
      const found = suite.rates.find(
        (each) =>
          each.method === arm.method.name &&
          each.task === task.name &&
          isSame([each.config, each.settings], [arm.given, arm.settings]),
      );
      const isSearched = suite.protocol === "tuned" && suite.trials > 0 && found === undefined;
      const name = `${arm.method.name} ${index + 1} on ${task.name}, ${limit ?? "all"} rows`;
      return { name, arm, task, limit, found: found?.chosen ?? null, isSearched };
    }),
  );
}

/** The limits of a suite, each once. */
export function limitsOf({ limit }: Suite): (number | null)[] {
  return [...new Set(Array.isArray(limit) ? limit : [limit])];
}

const isSame = (one: unknown, other: unknown): boolean => configHash(one) === configHash(other);
