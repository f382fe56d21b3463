import { existsSync } from "node:fs";
import { join } from "node:path";
import { type FolderKind, folderOwner, makeDirectory, markFolder } from "@petl/files";
import { BenchError } from "../errors.js";
import { type Input, madeBy, refuseForeign, refuseInputs } from "./folders.js";

/** What a command that writes a folder of files writes and reads. */
export interface FilesClaim {
  readonly kind: FolderKind;
  /** Names of the files to write. */
  readonly files: readonly string[];
  /** Names of files that must not stay beside them; the caller removes those that are there. */
  readonly replaced?: readonly string[];
  readonly inputs: readonly Input[];
  /** What the folder's mark says of them. */
  readonly about: object;
}

/**
 * Makes a folder for files and marks it with the names of its files; refuses one that is not ours, or that is or holds an
 * input. A file there is replaced or removed only if an earlier mark names it.
 *
 * @throws BenchError E_OUT_FOREIGN, E_OUT_INPUT
 */
export function claimFiles(to: string, { kind, files, replaced = [], inputs, about }: FilesClaim): void {
  refuseInputs(to, inputs);
  refuseForeign(to, kind);
  const found = folderOwner(to, kind);
  const known = found.owner === "ours" && Array.isArray(found.mark.files) ? (found.mark.files as unknown[]) : [];
  const foreign = [...files, ...replaced].find((name) => !known.includes(name) && existsSync(join(to, name)));
  if (foreign !== undefined)
    throw new BenchError(
      "E_OUT_FOREIGN",
      `output directory ${to}: expected no file ${foreign}, got one that ${madeBy[kind]} did not write; choose another --out`,
    );
  makeDirectory(to);
  markFolder(to, kind, { ...about, files: [...new Set([...known, ...files])] });
}
