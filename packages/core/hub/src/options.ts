import type { DownloadProgress } from "./connection.js";
import type { DigestOptions } from "./digest.js";

/** Where a repository is looked for, and how. */
export interface HubOptions extends DigestOptions {
  /** Hugging Face cache to look in and download to. Default: {@link hubCacheDirectory}. */
  readonly cacheDir?: string;
  /** Never uses the network. Default: whether `HF_HUB_OFFLINE` is set and not 0. */
  readonly offline?: boolean;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** The commit that `revision` means, where the caller knows it; default: the cache's, else the hub's. */
  readonly commit?: string | undefined;
  /** Address of the hub. Default `HF_ENDPOINT`, else https://huggingface.co. */
  readonly hubUrl?: string;
  /** Access token for gated and private repositories. Default `HF_TOKEN`. */
  readonly accessToken?: string;
  /** Called as bytes arrive, for every chunk. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Called once, with a sentence, where another process downloads the same repository and this one waits. */
  readonly onWait?: ((message: string) => void) | undefined;
  /** Longest silence of the hub before another attempt, in milliseconds. Default 12,000; there are four attempts. */
  readonly timeoutMs?: number;
  /** Stops a download; the next one resumes it. */
  readonly signal?: AbortSignal | undefined;
}
