import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  commitOf,
  DownloadLimit,
  type DownloadProgress,
  downloadFiles,
  type HubRepository,
  hubFailure,
  listedBlob,
  listedFiles,
  pageOf,
  retried,
  snapshotFolder,
  writeReference,
} from "@petl/hub";
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

/**
 * Downloads the needed files of a checkpoint into Hugging Face's cache layout, where other programs find them too; weights only as
 * safetensors. Small files come first, the revision's reference last.
 *
 * @returns the commit of the revision
 * @throws CheckpointError, HubError
 */
export async function downloadSnapshot(
  repository: HubRepository,
  onProgress: (progress: DownloadProgress) => void,
): Promise<string> {
  const { revision, folder } = repository;
  let what = `revision ${revision}`;
  try {
    const limit = new DownloadLimit(repository);
    const commit = repository.commit ?? (await commitOf(repository));
    what = "its list of files";
    const listed = await retried(repository, () => listedFiles(repository, commit));
    refuseIncomplete(repository, listed);

    const onFile = (path: string) => {
      what = path;
    };
    const fetchFiles = async (names: readonly string[]) => {
      const files = names.map((name) => {
        const entry = listed.get(name);
        if (entry === undefined) throw notListed(repository, name, [...listed.keys()]);
        return listedBlob(repository, entry);
      });
      await downloadFiles(repository, commit, files, limit, { onFile, onProgress });
    };
    await fetchFiles(SMALL_FILES.filter((name) => listed.has(name)));
    if (listed.has(WEIGHT_FILE)) await fetchFiles([WEIGHT_FILE]);
    else {
      await fetchFiles([WEIGHT_INDEX_FILE]);
      await fetchFiles(shardFiles(join(snapshotFolder(folder, commit), WEIGHT_INDEX_FILE)));
    }
    writeReference(repository, commit);
    return commit;
  } catch (error) {
    throw failure(repository, error, what);
  }
}

/**
 * Downloads the description of a checkpoint alone, to where its snapshot will be; the revision's reference is left for the whole.
 *
 * @returns the file's path
 * @throws CheckpointError, HubError
 */
export async function downloadConfig(repository: HubRepository): Promise<string> {
  try {
    const commit = repository.commit ?? (await commitOf(repository));
    const path = join(snapshotFolder(repository.folder, commit), CONFIG_FILE);
    if (existsSync(path)) return path;
    const listed = await retried(repository, () => listedFiles(repository, commit));
    const entry = listed.get(CONFIG_FILE);
    if (entry === undefined) throw notListed(repository, CONFIG_FILE, [...listed.keys()]);
    const files = [listedBlob(repository, entry)];
    const nobody = { onFile: () => {}, onProgress: () => {} };
    await downloadFiles(repository, commit, files, new DownloadLimit(repository), nobody);
    return path;
  } catch (error) {
    throw failure(repository, error, CONFIG_FILE);
  }
}

function failure(repository: HubRepository, error: unknown, what: string): unknown {
  return error instanceof CheckpointError ? error : hubFailure(repository, error, what);
}

function refuseIncomplete(repository: HubRepository, listed: ReadonlyMap<string, unknown>): void {
  const names = [...listed.keys()];
  const absent = [[CONFIG_FILE], [WEIGHT_FILE, WEIGHT_INDEX_FILE], [TOKENIZER_FILE, SENTENCEPIECE_FILE]].find(
    (choices) => !choices.some((name) => listed.has(name)),
  );
  if (absent !== undefined) throw notListed(repository, absent.join(" or "), names);
}

function notListed(repository: HubRepository, wanted: string, names: readonly string[]) {
  return new CheckpointError("E_NOT_FOUND", {
    file: `${pageOf(repository)} at ${repository.revision}`,
    expected: wanted,
    got: names.length === 0 ? "no files" : names.slice(0, 12).join(", "),
    remedy: `choose a revision that has it, or convert the checkpoint and pass a directory with ${NEEDED_FILES}`,
  });
}
