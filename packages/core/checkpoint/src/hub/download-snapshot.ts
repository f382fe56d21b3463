import { copyFileSync, existsSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { makeDirectory, readText, writeWholeSync } from "@petl/files";
import { CheckpointError } from "../error.js";
import {
  CONFIG_FILE,
  NEEDED_FILES,
  SENTENCEPIECE_FILE,
  SMALL_FILES,
  TOKENIZER_FILE,
  WEIGHT_FILE,
  WEIGHT_INDEX_FILE,
} from "../file-names.js";
import { shardFiles } from "../open-checkpoint.js";
import { writeFailure } from "../write-failure.js";
import { snapshotFolder } from "./cache.js";
import { type DownloadProgress, type HubConnection, hubError, retried } from "./connection.js";
import { downloadBlob, listedBlob, missingBytes } from "./download-blob.js";
import { DownloadLimit } from "./download-limit.js";
import { commitOf, listedFiles } from "./listing.js";

/**
 * Downloads the needed files of a checkpoint into Hugging Face's cache layout, where other programs find them too; weights only as
 * safetensors. Small files come first, the revision's reference last.
 *
 * @returns the commit of the revision
 * @throws CheckpointError
 */
export async function downloadSnapshot(
  connection: HubConnection,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string> {
  const { revision, folder } = connection;
  let what = `revision ${revision}`;
  try {
    const limit = new DownloadLimit(connection);
    const commit = connection.commit ?? (await commitOf(connection));
    const snapshot = snapshotFolder(folder, commit);
    const blobs = join(folder, "blobs");
    what = "its list of files";
    const listed = await retried(connection, () => listedFiles(connection, commit));
    refuseIncomplete(connection, listed);

    const fetchFiles = async (names: readonly string[]) => {
      const entries = names.map((name) => {
        const entry = listed.get(name);
        if (entry === undefined) throw notListed(connection, name, [...listed.keys()]);
        return listedBlob(connection, entry);
      });
      limit.add(
        entries.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
        entries.reduce((sum, blob) => sum + missingBytes(blobs, blob), 0),
      );
      for (const blob of entries) {
        what = blob.path;
        link(await downloadBlob(connection, commit, blob, blobs, onProgress), join(snapshot, blob.path));
      }
    };
    await fetchFiles(SMALL_FILES.filter((name) => listed.has(name)));
    if (listed.has(WEIGHT_FILE)) await fetchFiles([WEIGHT_FILE]);
    else {
      await fetchFiles([WEIGHT_INDEX_FILE]);
      await fetchFiles(shardFiles(join(snapshot, WEIGHT_INDEX_FILE)));
    }
    if (revision !== commit) writeReference(join(folder, "refs", revision), commit);
    return commit;
  } catch (error) {
    throw hubError(connection, error, what);
  }
}

/**
 * Downloads the description of a checkpoint alone, to where its snapshot will be; the revision's reference is left for the whole.
 *
 * @returns the file's path
 * @throws CheckpointError
 */
export async function downloadConfig(connection: HubConnection): Promise<string> {
  try {
    const commit = connection.commit ?? (await commitOf(connection));
    const path = join(snapshotFolder(connection.folder, commit), CONFIG_FILE);
    if (existsSync(path)) return path;
    const listed = await retried(connection, () => listedFiles(connection, commit));
    const entry = listed.get(CONFIG_FILE);
    if (entry === undefined) throw notListed(connection, CONFIG_FILE, [...listed.keys()]);
    const file = listedBlob(connection, entry);
    new DownloadLimit(connection).add(file.totalBytes, file.totalBytes);
    link(await downloadBlob(connection, commit, file, join(connection.folder, "blobs"), () => {}), path);
    return path;
  } catch (error) {
    throw hubError(connection, error, CONFIG_FILE);
  }
}

function refuseIncomplete(connection: HubConnection, listed: ReadonlyMap<string, unknown>): void {
  const names = [...listed.keys()];
  const absent = [[CONFIG_FILE], [WEIGHT_FILE, WEIGHT_INDEX_FILE], [TOKENIZER_FILE, SENTENCEPIECE_FILE]].find(
    (choices) => !choices.some((name) => listed.has(name)),
  );
  if (absent !== undefined) throw notListed(connection, absent.join(" or "), names);
}

function notListed(connection: HubConnection, wanted: string, names: readonly string[]) {
  return new CheckpointError("E_NOT_FOUND", {
    file: `${connection.hubUrl}/${connection.repository} at ${connection.revision}`,
    expected: wanted,
    got: names.length === 0 ? "no files" : names.slice(0, 12).join(", "),
    remedy: `choose a revision that has it, or convert the checkpoint and pass a directory with ${NEEDED_FILES}`,
  });
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

function writeReference(path: string, commit: string): void {
  if (existsSync(path) && readText(path, 4096) === commit) return;
  try {
    makeDirectory(dirname(path));
    writeWholeSync(path, commit);
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}
