import { connect, isOffline } from "./address.js";
import { cachedCommit, hubCacheDirectory, repositoryFolder } from "./cache.js";
import { HubError } from "./error.js";
import { commitOf } from "./listing.js";
import type { HubOptions } from "./options.js";
import type { RepositoryKind } from "./repository.js";

/** The longest wait for the hub's answer; the cached commit is at hand. */
const answerMs = 5000;

/** The commit a revision of a repository means now. */
export interface HubRevision {
  /** Null where the hub did not say and the cache has none. */
  readonly commit: string | null;
  /** Why the commit is the cache's and not the hub's; null where the hub said. */
  readonly reason: string | null;
}

/** Asks the hub which commit a repository's branch or tag means; where it does not answer or must not be asked, the cache. */
export async function repositoryRevision(
  kind: RepositoryKind,
  repository: string,
  options: HubOptions = {},
): Promise<HubRevision> {
  const { revision = "main", cacheDir = hubCacheDirectory() } = options;
  const folder = repositoryFolder(cacheDir, kind, repository);
  const cached = cachedCommit(folder, revision) ?? null;
  if (isOffline(options)) return { commit: cached, reason: "the network is off" };
  const timeout = AbortSignal.timeout(answerMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const place = { kind, repository, revision, commit: undefined, folder, withoutHub: "go on with the cached commit" };
  const connection = connect(place, { ...options, signal });
  try {
    return { commit: await commitOf(connection), reason: null };
  } catch (error) {
    options.signal?.throwIfAborted();
    const { message, cause } = error as Error;
    return { commit: cached, reason: cause instanceof Error ? `${message} (${cause.message})` : message };
  }
}

/** @throws HubError E_NAME_INVALID where a revision of `name` could lead out of the cache */
export function checkRevision(name: string, revision: string): void {
  if (/^[\w.-]+(\/[\w.-]+)*$/.test(revision) && !revision.split("/").includes("..")) return;
  throw new HubError("E_NAME_INVALID", {
    file: name,
    expected: "a branch, tag or commit as revision",
    got: `"${revision}"`,
    remedy: "name a revision such as main",
  });
}
