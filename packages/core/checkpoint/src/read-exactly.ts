import { fstatSync, readSync } from "node:fs";
import { openRegular } from "@petl/files";
import { CheckpointError, reasonOf, systemCode } from "./error.js";

/** Opens a file of weights and returns its descriptor; `kind` is the format, for the error. @throws CheckpointError E_FILE_MISSING */
export function openWeights(path: string, kind: string): number {
  try {
    return openRegular(path);
  } catch (cause) {
    throw new CheckpointError("E_FILE_MISSING", {
      file: path,
      expected: `a readable ${kind} file`,
      got: systemCode(cause) === "ENOENT" ? "no file" : reasonOf(cause),
      remedy: "check the path",
      cause,
    });
  }
}

/** Bytes from `offset` on; `what` they are, for the error. @throws CheckpointError E_FILE_TRUNCATED */
export function readExactly(
  path: string,
  descriptor: number,
  offset: number,
  bytes: number,
  what: string,
): ArrayBuffer {
  const fileBytes = fstatSync(descriptor).size;
  if (offset + bytes > fileBytes) throw truncated(path, offset + bytes, fileBytes, what);
  const buffer = new ArrayBuffer(bytes);
  let done = 0;
  while (done < bytes) {
    const step = Math.min(bytes - done, 1 << 30); // the system call takes at most 2 GiB
    const got = readSync(descriptor, new Uint8Array(buffer, done, step), 0, step, offset + done);
    if (got === 0) throw truncated(path, offset + bytes, offset + done, what);
    done += got;
  }
  return buffer;
}

/** The error for a file that ends before what it should hold. */
export function truncated(file: string, expectedBytes: number, gotBytes: number, what: string): CheckpointError {
  return new CheckpointError("E_FILE_TRUNCATED", {
    file,
    expected: `at least ${expectedBytes} bytes for ${what}`,
    got: `${gotBytes} bytes`,
    remedy: "the file is cut short: copy or download it again",
  });
}
