import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory, markFolder, writeWholeSync } from "@petl/files";
import { BenchError } from "../errors.js";
import { refuseForeign, unwritable } from "../ownership/folders.js";
import { lockDirectory } from "./lock.js";

/**
 * Makes the output directory, locks it for this process, marks it with what it holds and checks that records can be written;
 * returns the unlocking.
 *
 * @throws BenchError E_OUT_FOREIGN where it holds files and no mark of ours; E_OUT_UNWRITABLE; E_OUT_LOCKED where a process that
 *   is alive uses it
 */
export function openOutput(out: string, about: object): () => void {
  let release: (() => void) | undefined;
  try {
    refuseForeign(out);
    makeDirectory(out);
    release = lockDirectory(out);
    markFolder(out, "bench output", about);
    makeDirectory(join(out, "runs"));
    const probe = join(out, "runs", `.probe-${process.pid}`);
    writeWholeSync(probe, Buffer.alloc(4096));
    rmSync(probe);
    return release;
  } catch (cause) {
    release?.();
    if (cause instanceof BenchError) throw cause;
    throw unwritable(out, cause);
  }
}
