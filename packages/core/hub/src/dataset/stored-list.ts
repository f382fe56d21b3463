import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeDirectory, readText, writeWholeSync } from "@petl/files";
import { z } from "zod";
import { diskError } from "../disk-error.js";
import type { ListedBlob } from "../download-blob.js";

/** Ten thousand files, the most that are listed, take some 3 MB. */
const mostBytes = 2 ** 24;

const listSchema = z.array(
  z.object({
    path: z.string().refine(staysBelow),
    totalBytes: z.int().nonnegative(),
    digest: z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/),
    isLarge: z.boolean(),
  }),
);

/** Whether a path of a repository names a file below its folder. */
export function staysBelow(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0]/.test(part));
}

/**
 * The parquet files of a commit as the hub listed them, kept beside its snapshots so that what is complete is known without the hub;
 * undefined where the cache has no such list, or a damaged one.
 */
export function storedList(folder: string, commit: string): ListedBlob[] | undefined {
  const path = listFile(folder, commit);
  if (!existsSync(path)) return undefined;
  try {
    return listSchema.parse(JSON.parse(readText(path, mostBytes)));
  } catch {
    return undefined;
  }
}

/** @throws HubError E_WRITE_FAILED */
export function storeList(folder: string, commit: string, files: readonly ListedBlob[]): void {
  const path = listFile(folder, commit);
  try {
    makeDirectory(dirname(path));
    writeWholeSync(path, `${JSON.stringify(files)}\n`);
  } catch (cause) {
    throw diskError(path, cause);
  }
}

function listFile(folder: string, commit: string): string {
  return join(folder, "petl", `${commit}.json`);
}
