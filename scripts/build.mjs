// Builds every package through turbo, and starts turbo only where something changed since the last build. Nothing goes to
// stdout, which `bench --json` needs, and nothing to stderr while all is current.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isCurrent, outputsDigest, readStamp, sourcesDigest, writeStamp } from "./build-stamp.mjs";
import { pruneStale } from "./prune-stale.mjs";
import { readWorkspace, repositoryRoot } from "./workspace.mjs";

if (!isCurrent(repositoryRoot)) process.exitCode = build();

function build() {
  const packages = readWorkspace(repositoryRoot).filter(({ manifest }) => manifest.scripts?.build !== undefined);
  const isFirst = readStamp(repositoryRoot) === null;
  console.error(isFirst ? `building ${packages.length} packages (first run)` : "building what changed");
  const sources = sourcesDigest(repositoryRoot); // before: a file saved during the build is built by the next one
  const turbo = fileURLToPath(import.meta.resolve("turbo"));
  const { status, error, stdout, stderr } = spawnSync(
    process.execPath,
    [turbo, "run", "build", "--output-logs=errors-only"],
    {
      cwd: repositoryRoot,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1e9,
    },
  );
  if (status === 0) {
    for (const { path } of packages) pruneStale(join(repositoryRoot, path));
    writeStamp(repositoryRoot, { sources, outputs: outputsDigest(repositoryRoot) });
    return 0;
  }
  process.stderr.write(stdout ?? "");
  process.stderr.write(stderr ?? "");
  if (error) console.error(`build: turbo could not be started: ${error.message}`);
  return status ?? 1;
}
