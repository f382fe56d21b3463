import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { folderOwner } from "@petl/files";
import type { Plan } from "../suite/plan.js";

/** What an output directory's mark keeps of a plan: what was asked for, and in which order the runs go that are known at first. */
export function aboutPlan({ id, suite, runs }: Plan): object {
  return { id, suite, order: runs.map((run) => run.id) };
}

/** The newest folder below `reports` in which this very plan was begun; undefined if none was. */
export function findEarlierOutput(reports: string, plan: Plan): string | undefined {
  if (!existsSync(reports)) return undefined;
  return readdirSync(reports)
    .filter((name) => name.startsWith(`${plan.suite.name}-`))
    .sort()
    .reverse()
    .map((name) => join(reports, name))
    .find((directory) => planIdOf(directory) === plan.id);
}

function planIdOf(directory: string): unknown {
  try {
    const found = folderOwner(directory, "bench output");
    return found.owner === "ours" ? found.mark.id : undefined;
  } catch {
    return undefined; // not for us to read
  }
}
