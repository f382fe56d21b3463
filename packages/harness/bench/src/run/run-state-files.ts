import { createHash } from "node:crypto";
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isTemporaryName } from "@petl/files";
import { execa } from "execa";
import { versionsOf } from "../record/versions.js";
import { configHash } from "../suite/config-hash.js";
import type { Plan } from "../suite/plan.js";
import type { PlannedRun } from "../suite/planned-run.js";

const directoryOf = (out: string): string => join(out, "run-states");

/** Where a run keeps its state between evaluations. */
export const runStateFile = (out: string, id: string): string => join(directoryOf(out), `${id}.safetensors`);

/** Removes a run's state. */
export function removeRunState(out: string, id: string): void {
  rmSync(runStateFile(out, id), { force: true, recursive: true });
}

/** Removes the folder of run states where none is left. */
export function removeRunStates(out: string): void {
  const directory = directoryOf(out);
  if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
}

/** Removes what a process that was killed while it wrote has left behind; only the holder of the lock may. */
export function removeLeftovers(out: string): void {
  for (const directory of [join(out, "runs"), directoryOf(out)]) {
    if (!existsSync(directory)) continue;
    const left = readdirSync(directory).filter((name) => isTemporaryName(name) || /^\.probe-\d+$/.test(name));
    for (const name of left) rmSync(join(directory, name), { force: true });
  }
}

/**
 * What must be the same for an interrupted run to go on with the same bits: its identity, whose hash is in its id, the versions, and
 * the code that trains. Its own process adds the device's details.
 */
export async function runIdentity({ device, family }: Plan, { id, method }: PlannedRun): Promise<string> {
  const versions = [versionsOf(device), versionsOf(method), versionsOf(family)];
  return configHash([id, process.version, versions, await codeState()]);
}

let knownCodeState: Promise<string | null> | undefined;

/** Commit and uncommitted changes of the checkout this package lies in; null without git. */
function codeState(): Promise<string | null> {
  knownCodeState ??= readCodeState();
  return knownCodeState;
}

async function readCodeState(): Promise<string | null> {
  const cwd = fileURLToPath(new URL(".", import.meta.url));
  const git = (...args: string[]) => execa("git", args, { cwd, reject: false, timeout: 10_000 });
  const answers = [await git("rev-parse", "HEAD"), await git("status", "--porcelain"), await git("diff", "HEAD")];
  if (answers.some(({ exitCode }) => exitCode !== 0)) return null;
  return createHash("sha256")
    .update(answers.map(({ stdout }) => stdout).join("\n"))
    .digest("hex");
}
