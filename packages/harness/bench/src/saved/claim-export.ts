import { existsSync } from "node:fs";
import { join } from "node:path";
import { folderOwner, makeDirectory, markFolder } from "@petl/files";
import { BenchError } from "../errors.js";
import { type Input, refuseForeign, refuseInputs } from "../ownership/folders.js";

/** What an export writes and reads. */
export interface ExportClaim {
  /** Names of the files to write. */
  readonly files: readonly string[];
  readonly inputs: readonly Input[];
  /** What the folder's mark says of them. */
  readonly about: object;
}

/**
 * Makes a folder for an export and marks it with the names of its files; refuses one that is not ours, or that is or holds an
 * input. A file there is replaced only if an earlier mark names it.
 *
 * @throws BenchError E_OUT_FOREIGN, E_OUT_INPUT
 */
export function claimExport(to: string, { files, inputs, about }: ExportClaim): void {
  refuseInputs(to, inputs);
  refuseForeign(to, "bench export");
  const found = folderOwner(to, "bench export");
  const known = found.owner === "ours" && Array.isArray(found.mark.files) ? (found.mark.files as unknown[]) : [];
  const foreign = files.find((name) => !known.includes(name) && existsSync(join(to, name)));
  if (foreign !== undefined)
    throw new BenchError(
      "E_OUT_FOREIGN",
      `output directory ${to}: expected no file ${foreign}, got one that bench export did not write; choose another --out`,
    );
  makeDirectory(to);
  markFolder(to, "bench export", { ...about, files: [...new Set([...known, ...files])] });
}
