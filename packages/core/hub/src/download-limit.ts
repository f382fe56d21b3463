import { freeBytes } from "@petl/files";
import { HubError } from "./error.js";
import { type HubRepository, pageOf, wordsOf } from "./repository.js";

const defaultGB = 64; // the largest T5 takes 45 GB
/** Left free on the disk, for what else the run writes. */
const spareBytes = 2 ** 26;

/**
 * Counts what a repository's files add up to.
 *
 * `PETL_MAX_DOWNLOAD` in the environment is the most for one model or data set, in GB (default 64).
 */
export class DownloadLimit {
  readonly #most: number;
  #bytes = 0;

  /** @throws HubError E_NAME_INVALID where the variable is no number */
  constructor(
    readonly connection: HubRepository,
    environment: NodeJS.ProcessEnv = process.env,
  ) {
    const written = environment.PETL_MAX_DOWNLOAD || String(defaultGB);
    this.#most = Number(written) * 1e9;
    if (this.#most > 0) return;
    throw new HubError("E_NAME_INVALID", {
      file: "PETL_MAX_DOWNLOAD",
      expected: "the most GB to download for one model, such as 64",
      got: `"${written}"`,
      remedy: "set it to a number, or unset it",
    });
  }

  /**
   * Adds files that are about to be downloaded, of which `newBytes` are not on disk yet.
   *
   * @throws HubError E_DOWNLOAD_TOO_LARGE, E_WRITE_FAILED where the disk has no room
   */
  add(bytes: number, newBytes: number): void {
    const { folder, kind, repository } = this.connection;
    const { noun } = wordsOf(kind);
    this.#bytes += bytes;
    if (this.#bytes > this.#most) {
      throw new HubError("E_DOWNLOAD_TOO_LARGE", {
        file: pageOf(this.connection),
        expected: `at most ${inGB(this.#most)} for one ${noun}`,
        got: inGB(this.#bytes),
        remedy: `choose a smaller ${noun}, or raise PETL_MAX_DOWNLOAD (in GB)`,
      });
    }
    const free = freeBytes(folder);
    if (newBytes === 0 || free === null || newBytes + spareBytes <= free) return;
    throw new HubError("E_WRITE_FAILED", {
      file: folder,
      expected: `${inGB(newBytes)} of free disk for ${repository}`,
      got: inGB(free),
      remedy: "free some, or choose another cache with HF_HUB_CACHE",
    });
  }
}

function inGB(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`;
}
