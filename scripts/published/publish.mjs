import { programName } from "../workspace.mjs";
import { publishedFilter } from "./pack.mjs";
import { runPnpm } from "./pnpm.mjs";

/**
 * Publishes what the registry does not have yet: the program last, as it depends on all that are found by name. Returns what pnpm
 * printed. @throws Error where pnpm fails
 *
 * @param {{ registry: string, env?: NodeJS.ProcessEnv, parameters?: readonly string[] }} options
 */
export function publishAll({ registry, env = {}, parameters = [] }) {
  const publish = (...filter) =>
    runPnpm(["--recursive", ...filter, "publish", "--access", "public", "--registry", registry, ...parameters], {
      env,
    });
  return publish(...publishedFilter, "--filter", `!${programName}`) + publish("--filter", programName);
}
