import { copyFileSync, existsSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { makeDirectory, readText, writeWholeSync } from "@petl/files";
import { snapshotFolder } from "./cache.js";
import type { DownloadProgress } from "./connection.js";
import { diskError } from "./disk-error.js";
import { downloadBlob, type ListedBlob, missingBytes } from "./download-blob.js";
import type { DownloadLimit } from "./download-limit.js";
import type { HubRepository } from "./repository.js";

/**
 * Downloads files of a commit, one after the other, and puts each into the commit's snapshot. `onFile` is told which comes next.
 *
 * @throws HubError E_DOWNLOAD_TOO_LARGE and E_WRITE_FAILED before any is fetched; as {@link downloadBlob}
 */
export async function downloadFiles(
  repository: HubRepository,
  commit: string,
  files: readonly ListedBlob[],
  limit: DownloadLimit,
  { onFile, onProgress }: { onFile: (path: string) => void; onProgress: (progress: DownloadProgress) => void },
): Promise<void> {
  const blobs = join(repository.folder, "blobs");
  limit.add(
    files.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
    files.reduce((sum, file) => sum + missingBytes(blobs, file), 0),
  );
  for (const file of files) {
    onFile(file.path);
    const blob = await downloadBlob(repository, commit, file, blobs, onProgress);
    link(blob, join(snapshotFolder(repository.folder, commit), file.path));
  }
}

/** Writes in the cache which commit a revision means. @throws HubError E_WRITE_FAILED */
export function writeReference({ folder, revision }: HubRepository, commit: string): void {
  if (revision === commit) return;
  const path = join(folder, "refs", revision);
  if (existsSync(path) && readText(path, 4096) === commit) return;
  try {
    makeDirectory(dirname(path));
    writeWholeSync(path, commit);
  } catch (cause) {
    throw diskError(path, cause);
  }
}

/** Makes the snapshot's file point at the blob; a copy where the file system has no symbolic links. */
function link(blob: string, path: string): void {
  if (existsSync(path) && statSync(path).size === statSync(blob).size) return;
  makeDirectory(dirname(path));
  rmSync(path, { force: true });
  try {
    symlinkSync(relative(dirname(path), blob), path);
  } catch {
    copyFileSync(blob, path);
  }
}
