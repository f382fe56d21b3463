import { type ListFileEntry, listFiles, modelInfo } from "@huggingface/hub";
import { CheckpointError } from "../error.js";
import { type HubConnection, hubFetch, retried } from "./connection.js";

/** Largest folder of a model that is listed to the end; those of the hub's largest have some hundred files. */
const mostFiles = 10_000;
const mostPages = 100;

/** The commit of the revision asked for. @throws what the hub library or the connection throws */
export async function commitOf(connection: HubConnection): Promise<string> {
  const { repository: name, revision } = connection;
  const parameters = { ...hubParameters(connection), name, revision, additionalFields: ["sha" as const] };
  const { sha } = await retried(connection, () => modelInfo(parameters));
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error(`the hub names no commit for ${revision}`);
  return sha;
}

/**
 * The files at the top of a repository by path.
 *
 * @throws CheckpointError E_DOWNLOAD_TOO_LARGE for a list of more than 100 pages or 10,000 entries; what the hub library or the connection throws
 */
export async function listedFiles(connection: HubConnection, commit: string): Promise<Map<string, ListFileEntry>> {
  const { fetch, ...parameters } = hubParameters(connection);
  let pages = 0;
  const countedFetch: typeof fetch = (input, init) => {
    if (++pages > mostPages) throw endless(connection, `more than ${mostPages} pages`);
    return fetch(input, init);
  };
  const listed = new Map<string, ListFileEntry>();
  let entries = 0;
  const listing = { ...parameters, fetch: countedFetch, repo: connection.repository, revision: commit };
  for await (const entry of listFiles(listing)) {
    if (++entries > mostFiles) throw endless(connection, `more than ${mostFiles} entries`);
    if (entry.type === "file") listed.set(entry.path, entry);
  }
  return listed;
}

function hubParameters(connection: HubConnection) {
  const { hubUrl, accessToken } = connection;
  return { hubUrl, fetch: hubFetch(connection), ...(accessToken === undefined ? {} : { accessToken }) };
}

function endless({ hubUrl, repository }: HubConnection, got: string): CheckpointError {
  return new CheckpointError("E_DOWNLOAD_TOO_LARGE", {
    file: `${hubUrl}/${repository}`,
    expected: `a list of at most ${mostPages} pages and ${mostFiles} entries`,
    got,
    remedy: "check HF_ENDPOINT, or download the model by other means and pass its directory",
  });
}
