import { resolve } from "node:path";
import { UsageError } from "./exit.js";

/**
 * The directory the user called from. pnpm runs the `bench` script in the workspace root and keeps the caller's directory in
 * `INIT_CWD`; an `INIT_CWD` that another script set does not count. @throws UsageError where it was deleted
 */
export function userDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.npm_lifecycle_event === "bench" && env.INIT_CWD) return env.INIT_CWD;
  try {
    return process.cwd();
  } catch {
    throw new UsageError("working directory: expected one that exists, got one that was deleted; change to another");
  }
}

/** A path as the user meant it. */
export function userPath(path: string): string {
  return resolve(userDirectory(), path);
}
