import { HUB_URL } from "@huggingface/hub";
import { cachedCommit, hubCacheDirectory, repositoryFolder } from "./cache.js";
import { checkHubUrl } from "./connection.js";
import { commitOf } from "./listing.js";
import type { ResolveOptions } from "./resolve-options.js";

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
export async function hubRevision(repository: string, options: ResolveOptions = {}): Promise<HubRevision> {
  const { revision = "main", cacheDir = hubCacheDirectory() } = options;
  const folder = repositoryFolder(cacheDir, repository);
  const cached = cachedCommit(folder, revision) ?? null;
  if (isOffline(options)) return { commit: cached, reason: "the network is off" };
  const timeout = AbortSignal.timeout(answerMs);
  const connection = {
    ...{ repository, revision, commit: undefined, folder },
    ...hubAddress(options),
    signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
  };
  checkHubUrl(connection.hubUrl, connection.accessToken);
  try {
    return { commit: await commitOf(connection), reason: null };
  } catch (error) {
    options.signal?.throwIfAborted();
    const { message, cause } = error as Error;
    return { commit: cached, reason: cause instanceof Error ? `${message} (${cause.message})` : message };
  }
}

/** Whether the network must not be used. */
export function isOffline({ offline }: Pick<ResolveOptions, "offline">): boolean {
  return offline ?? !["", "0"].includes(process.env.HF_HUB_OFFLINE ?? "");
}

/** Where the hub is, the token for it, and how long to wait for it. */
export function hubAddress({ hubUrl, accessToken, timeoutMs }: ResolveOptions) {
  return {
    hubUrl: (hubUrl ?? (process.env.HF_ENDPOINT || HUB_URL)).replace(/\/+$/, ""),
    accessToken: (accessToken ?? process.env.HF_TOKEN) || undefined,
    timeoutMs: timeoutMs ?? 12_000,
  };
}
