import type { DownloadProgress } from "../connection.js";
import { retried } from "../connection.js";
import { type ListedBlob, listedBlob } from "../download-blob.js";
import { DownloadLimit } from "../download-limit.js";
import { HubError } from "../error.js";
import { hubFailure } from "../hub-failure.js";
import { commitOf, listedFiles } from "../listing.js";
import { type HubRepository, pageOf } from "../repository.js";
import { downloadFiles, writeReference } from "../snapshot.js";
import { type ChosenConfig, chooseConfig } from "./config.js";
import { CONVERTED, type Conversion, conversionOf } from "./conversion.js";
import { layoutOf } from "./layout.js";
import { staysBelow, storedList, storeList } from "./stored-list.js";

/** A configuration in the cache, at a commit. */
export interface FoundConfig extends ChosenConfig {
  readonly commit: string;
}

/**
 * Downloads a configuration's files into the cache: of `revision`, or where that is undefined, of the hub's conversion, or where there
 * is none, of the repository itself. The revision's reference is written last.
 *
 * @throws HubError
 */
export async function downloadDataset(
  origin: HubRepository,
  revision: string | undefined,
  config: string | undefined,
  onProgress: (progress: DownloadProgress) => void,
): Promise<FoundConfig> {
  let what = "its list of converted files";
  const onFile = (path: string) => {
    what = path;
  };
  try {
    const conversion = revision === undefined ? await conversionOf(origin) : undefined;
    const repository = { ...origin, revision: revision ?? (conversion === undefined ? "main" : CONVERTED) };
    what = `revision ${repository.revision}`;
    const commit = origin.commit ?? (await commitOf(repository));
    what = "its list of files";
    const files = storedList(repository.folder, commit) ?? (await parquetFiles(repository, commit));
    const chosen = chooseConfig(repository.repository, layoutOf(files), config);
    if (conversion !== undefined) checkConversion(repository, conversion, chosen);
    storeList(repository.folder, commit, files);
    await downloadFiles(repository, commit, [...chosen.splits.values()].flat(), new DownloadLimit(repository), {
      onFile,
      onProgress,
    });
    writeReference(repository, commit);
    return { commit, ...chosen };
  } catch (error) {
    throw hubFailure(origin, error, what);
  }
}

async function parquetFiles(repository: HubRepository, commit: string): Promise<ListedBlob[]> {
  const listed = await retried(repository, () => listedFiles(repository, commit, { recursive: true }));
  const files = [...listed.values()].filter(({ path }) => path.endsWith(".parquet"));
  const astray = files.find(({ path }) => !staysBelow(path));
  if (astray === undefined) return files.map((entry) => listedBlob(repository, entry));
  throw new HubError("E_DOWNLOAD_FAILED", {
    file: pageOf(repository),
    expected: "paths below its own folder",
    got: `"${astray.path}"`,
    remedy: "check that HF_ENDPOINT is a Hugging Face hub",
  });
}

/** The two lists come from two requests, between which the hub may convert the data set anew. */
function checkConversion(repository: HubRepository, conversion: Conversion, { config, splits }: ChosenConfig): void {
  const counts = (entries: Iterable<readonly [string, readonly unknown[]]>) =>
    [...entries]
      .map(([split, files]) => `${split} ${files.length}`)
      .sort()
      .join(", ") || "none";
  const expected = counts(Object.entries(conversion[config] ?? {}));
  const got = counts(splits);
  if (got === expected) return;
  throw new HubError("E_DOWNLOAD_FAILED", {
    file: `${pageOf(repository)} at ${repository.revision}`,
    expected: `as many files of ${config} as the hub says it converted (${expected})`,
    got,
    remedy: "run it again later: the hub may be converting the data set anew",
  });
}
