import { copyFileSync, existsSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type ListFileEntry, listFiles, modelInfo } from "@huggingface/hub";
import { makeDirectory, writeWholeSync } from "@petl/files";
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
import { type DownloadProgress, type HubConnection, hubError, hubParameters } from "./connection.js";
import { downloadBlob } from "./download-blob.js";

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
    const parameters = hubParameters(connection);
    const { sha: commit } = await modelInfo({
      ...parameters,
      name: connection.repository,
      revision: connection.commit ?? revision,
      additionalFields: ["sha"],
    });
    if (!/^[0-9a-f]{40}$/.test(commit)) throw new Error(`the hub names no commit for ${revision}`);
    const snapshot = snapshotFolder(folder, commit);
    what = "its list of files";
    const listed = new Map<string, ListFileEntry>();
    for await (const entry of listFiles({ ...parameters, repo: connection.repository, revision: commit })) {
      if (entry.type === "file") listed.set(entry.path, entry);
    }
    refuseIncomplete(connection, listed);

    const fetchFile = async (name: string) => {
      what = name;
      const entry = listed.get(name);
      if (entry === undefined) throw notListed(connection, name, [...listed.keys()]);
      link(await downloadBlob(connection, commit, entry, join(folder, "blobs"), onProgress), join(snapshot, name));
    };
    for (const name of SMALL_FILES) if (listed.has(name)) await fetchFile(name);
    if (listed.has(WEIGHT_FILE)) await fetchFile(WEIGHT_FILE);
    else {
      await fetchFile(WEIGHT_INDEX_FILE);
      for (const shard of shardFiles(join(snapshot, WEIGHT_INDEX_FILE))) await fetchFile(shard);
    }
    if (revision !== commit) writeReference(join(folder, "refs", revision), commit);
    return commit;
  } catch (error) {
    throw hubError(connection, error, what);
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
  if (existsSync(path) && readFileSync(path, "utf8") === commit) return;
  try {
    makeDirectory(dirname(path));
    writeWholeSync(path, commit);
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}
