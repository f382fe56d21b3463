import { HubError, reasonOf, systemCode } from "./error.js";

const DISK_CODES: ReadonlySet<string> = new Set(["EACCES", "EDQUOT", "EIO", "ENOSPC", "ENOTDIR", "EPERM", "EROFS"]);

/** Whether an error comes from writing to disk rather than from the network. */
export function isDiskError(error: unknown): boolean {
  return DISK_CODES.has(systemCode(error) ?? "");
}

export function diskError(path: string, cause: unknown): HubError {
  return new HubError("E_WRITE_FAILED", {
    file: path,
    expected: "to write the download",
    got: reasonOf(cause),
    remedy: "check that there is space and permission to write, or choose another cache with HF_HUB_CACHE",
    cause,
  });
}
