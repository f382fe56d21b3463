import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readText, writeWholeSync } from "@petl/files";
import type { Plan } from "../suite/plan.js";

const planFile = "suite.json";
const mostBytes = 64 << 20;

/** Keeps in the output directory what was asked for and in which order it runs. */
export function writePlanFile(out: string, { id, suite, runs }: Plan): void {
  const plan = { id, suite, order: runs.map((run) => run.id) };
  writeWholeSync(join(out, planFile), `${JSON.stringify(plan, null, 2)}\n`);
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
    return (JSON.parse(readText(join(directory, planFile), mostBytes)) as { id?: unknown }).id;
  } catch {
    return undefined; // no folder of ours
  }
}
