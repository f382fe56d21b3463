import { datasetInfo, type ListFileEntry, listFiles, modelInfo } from "@huggingface/hub";
import { hubFetch, retried } from "./connection.js";
import { HubError } from "./error.js";
import { type HubRepository, pageOf } from "./repository.js";

/** Longest list that is read to the end; the hub's largest models have some hundred files, data sets a thousand. */
const mostFiles = 10_000;
const mostPages = 100;

/** The commit of the revision asked for. @throws what the hub library or the connection throws */
export async function commitOf(repository: HubRepository): Promise<string> {
  const { kind, repository: name, revision } = repository;
  const parameters = { ...hubParameters(repository), name, revision, additionalFields: ["sha" as const] };
  const { sha } = await retried(repository, () => (kind === "model" ? modelInfo(parameters) : datasetInfo(parameters)));
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error(`the hub names no commit for ${revision}`);
  return sha;
}

/**
 * The files of a repository by path: those at its top, or all of them.
 *
 * @throws HubError E_DOWNLOAD_TOO_LARGE for a list of more than 100 pages or 10,000 entries; what the hub library or the connection throws
 */
export async function listedFiles(
  repository: HubRepository,
  commit: string,
  { recursive = false } = {},
): Promise<Map<string, ListFileEntry>> {
  const { fetch, ...parameters } = hubParameters(repository);
  let pages = 0;
  const countedFetch: typeof fetch = (input, init) => {
    if (++pages > mostPages) throw endless(repository, `more than ${mostPages} pages`);
    return fetch(input, init);
  };
  const listed = new Map<string, ListFileEntry>();
  let entries = 0;
  const repo = { type: repository.kind, name: repository.repository };
  for await (const entry of listFiles({ ...parameters, fetch: countedFetch, repo, revision: commit, recursive })) {
    if (++entries > mostFiles) throw endless(repository, `more than ${mostFiles} entries`);
    if (entry.type === "file") listed.set(entry.path, entry);
  }
  return listed;
}

function hubParameters(repository: HubRepository) {
  const { hubUrl, accessToken } = repository;
  return { hubUrl, fetch: hubFetch(repository), ...(accessToken === undefined ? {} : { accessToken }) };
}

function endless(repository: HubRepository, got: string): HubError {
  return new HubError("E_DOWNLOAD_TOO_LARGE", {
    file: pageOf(repository),
    expected: `a list of at most ${mostPages} pages and ${mostFiles} entries`,
    got,
    remedy: `check HF_ENDPOINT, or ${repository.withoutHub}`,
  });
}
