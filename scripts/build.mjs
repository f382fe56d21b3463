// Builds every package through turbo: quiet, without telemetry, and with nothing on stdout, which `bench --json` needs.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "./workspace.mjs";

const turbo = fileURLToPath(import.meta.resolve("turbo"));
const { status, error } = spawnSync(process.execPath, [turbo, "run", "build", "--output-logs=errors-only"], {
  cwd: repositoryRoot,
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  stdio: ["ignore", 2, 2],
});
if (error) console.error(`build: turbo could not be started: ${error.message}`);
process.exitCode = status ?? 1;
