import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "@petl/files";

/** A folder for one run, as W&B lays out runs that were made offline. */
export interface RunFolder {
  /** What W&B knows the run by, among all of a project that ever were. */
  readonly id: string;
  /** What `wandb sync` reads; not there yet. Beside it is a folder for what it makes of that. */
  readonly file: string;
}

/**
 * Makes a folder for a run below `wandb`. One of an earlier attempt at it is removed, where nothing was added to it: `wandb sync` leaves
 * files behind, and what it sent stays with W&B under that id.
 *
 * @throws the file system's error
 */
export function makeRunFolder(wandb: string, run: string, time: Date): RunFolder {
  const name = run.replace(/[^\w.-]/g, "_"); // W&B takes no :;,#?/' in an id
  makeDirectory(wandb);
  for (const folder of readdirSync(wandb)) {
    const [, id, itsRun] = /^offline-run-\d{8}_\d{6}-((.+)-[0-9a-f]{8})$/.exec(folder) ?? [];
    if (itsRun === name && isUntouched(join(wandb, folder), fileName(id!)))
      rmSync(join(wandb, folder), { recursive: true });
  }
  const id = `${name}-${randomBytes(4).toString("hex")}`;
  const stamp = time.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
  const folder = join(wandb, `offline-run-${stamp}-${id}`);
  makeDirectory(join(folder, "files"));
  return { id, file: join(folder, fileName(id)) };
}

const fileName = (id: string): string => `run-${id}.wandb`;

function isUntouched(folder: string, file: string): boolean {
  return isSame(readdirSync(folder), ["files", file]) && isSame(readdirSync(join(folder, "files")), []);
}

const isSame = (found: string[], expected: readonly string[]): boolean => found.sort().join("/") === expected.join("/");
