import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { type Claimed, type ClaimOptions, claim } from "@petl/files";

const folderOf = (out: string): string => join(out, "claims");

/** Claims a run for this process, so that no other that shares the output directory does it at the same time. */
export function claimRun(out: string, id: string, options: ClaimOptions): Promise<Claimed> {
  return claim(join(folderOf(out), `${id}.lock`), options);
}

/** Whether other processes may be doing runs of an output directory; one that has died may seem to. */
export function hasClaims(out: string): boolean {
  return existsSync(folderOf(out)) && readdirSync(folderOf(out)).length > 0;
}

/** Removes the folder of claims where nothing is claimed. */
export function removeClaims(out: string): void {
  if (existsSync(folderOf(out)) && !hasClaims(out)) rmdirSync(folderOf(out));
}

/** The name of a job of a cluster that is started again under the same name once it has ended for certain; undefined in no such job. */
export function jobName(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { SLURM_JOB_ID: id, SLURM_PROCID: process = "0", SLURM_CLUSTER_NAME: cluster = "" } = env;
  return id === undefined ? undefined : `slurm ${cluster} ${id}.${process}`;
}
