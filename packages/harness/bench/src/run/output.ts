import { accessSync, constants, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "@petl/files";
import { BenchError } from "../errors.js";
import { lockDirectory } from "./lock.js";

/**
 * Makes the output directory, checks that files can be made in it, and locks it for this process; returns the unlocking.
 *
 * @throws BenchError E_OUT_UNWRITABLE; E_OUT_LOCKED where a process that is alive uses it
 */
export function openOutput(out: string): () => void {
  try {
    makeDirectory(join(out, "runs"));
    accessSync(join(out, "runs"), constants.W_OK);
    const probe = join(out, "runs", `.probe-${process.pid}`);
    writeFileSync(probe, Buffer.alloc(4096));
    rmSync(probe);
    return lockDirectory(out);
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError(
      "E_OUT_UNWRITABLE",
      `output directory ${out}: expected one that can be written, got ${(cause as Error).message}; free some space, change its permissions or pass another --out`,
      { cause },
    );
  }
}
