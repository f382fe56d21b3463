import { resolve } from "node:path";

/**
 * The directory the user called from. pnpm runs the `bench` script in the workspace root and keeps the caller's directory in
 * `INIT_CWD`; an `INIT_CWD` that another script set does not count.
 */
export function userDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env.npm_lifecycle_event === "bench" && env.INIT_CWD ? env.INIT_CWD : process.cwd();
}

/** A path as the user meant it. */
export function userPath(path: string): string {
  return resolve(userDirectory(), path);
}
