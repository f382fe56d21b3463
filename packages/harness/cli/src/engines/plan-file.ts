import { existsSync, readdirSync, statSync } from "node:fs";
import { basename } from "node:path";
import { jobFolder, sharedPlanFile } from "@petl/bench";
import { UsageError } from "../exit.js";

/** The file of a plan that an output folder shares: of the given id, else of its only one. @throws UsageError */
export function onlyPlanFile(out: string, id: string | undefined): string {
  const ids = planIds(out);
  if (id === undefined && ids.length > 1)
    throw new UsageError(`--plan: expected one of ${ids.join(", ")}, as the folder has several; name one`);
  return planFile(out, ids, id);
}

/** The same, of several the one that was shared last. @throws UsageError */
export function lastPlanFile(out: string, id: string | undefined): string {
  const sharedAt = (each: string): number => statSync(sharedPlanFile(out, each)).mtimeMs;
  return planFile(
    out,
    planIds(out).sort((one, other) => sharedAt(other) - sharedAt(one)),
    id,
  );
}

function planFile(out: string, ids: readonly string[], id: string | undefined): string {
  const wanted = id ?? ids[0];
  if (wanted !== undefined && ids.includes(wanted)) return sharedPlanFile(out, wanted);
  const got = ids.length === 0 ? "one that shares none" : `one that shares ${ids.join(", ")}`;
  throw new UsageError(
    `output folder ${out}: expected one that shares ${id === undefined ? "a plan" : `plan ${id}`} with jobs, got ${got}; bench glue --engine slurm shares one`,
  );
}

function planIds(out: string): string[] {
  const folder = jobFolder(out);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => (/^[0-9a-f]+\.json$/.test(name) ? [basename(name, ".json")] : []));
}
