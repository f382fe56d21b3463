import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { type Claimed, type ClaimOptions, claim, hasEnded, lockHolder, type ProcessIdentity } from "@petl/files";
import type { PlannedRun } from "../suite/planned-run.js";

const folderOf = (out: string): string => join(out, "claims");

/** Claims a run for this process, so that no other that shares the output directory does it at the same time. */
export function claimRun(
  out: string,
  { id, slot }: Pick<PlannedRun, "id" | "slot">,
  options: Omit<ClaimOptions, "what">,
): Promise<Claimed> {
  return claim(join(folderOf(out), `${id}.lock`), { ...options, what: slot });
}

/** A run that a process has claimed. */
export interface ClaimedRun {
  /** As `PlannedRun.slot`. */
  readonly slot: string;
  readonly holder: ProcessIdentity;
}

/** The runs of an output directory that are claimed by processes that may live; of another machine's that died, that cannot be told. */
export function claimedRuns(out: string): ClaimedRun[] {
  if (!existsSync(folderOf(out))) return [];
  const files = readdirSync(folderOf(out)).filter((name) => name.endsWith(".lock"));
  return files.flatMap((name) => {
    const holder = lockHolder(join(folderOf(out), name)) as (ProcessIdentity & { readonly what?: string }) | null;
    return holder?.what === undefined || hasEnded(holder) ? [] : [{ slot: holder.what, holder }];
  });
}

/** Whether other processes may be doing runs of an output directory; one that has died may seem to. */
export function hasClaims(out: string): boolean {
  return existsSync(folderOf(out)) && readdirSync(folderOf(out)).length > 0;
}

/** Removes the folder of claims where nothing is claimed. */
export function removeClaims(out: string): void {
  if (existsSync(folderOf(out)) && !hasClaims(out)) rmdirSync(folderOf(out));
}
