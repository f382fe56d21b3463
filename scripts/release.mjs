// Publishes every package whose version the registry does not have: pnpm release [--dry-run], which builds first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packAll } from "./published/pack.mjs";
import { runPnpm } from "./published/pnpm.mjs";
import { publishAll } from "./published/publish.mjs";
import { isProgram, programName, repositoryRoot } from "./workspace.mjs";

const usage = `usage: pnpm release [--dry-run] [--registry URL] [--tag NAME] [--otp CODE] [--no-git-checks]
  --dry-run          print what would be published and stop; no registry is asked
  --registry URL     publish there (default: the one that pnpm is configured for)
  --tag NAME         publish as this tag (default: latest)
  --otp CODE         one-time password, where the registry wants one
  --no-git-checks    publish from any branch, with changes that are not committed (default: refuse)`;

/** Where a build can prove to the registry where it ran: GitHub Actions and GitLab, with leave to ask for a token. */
const canProve = ({ ACTIONS_ID_TOKEN_REQUEST_URL, SIGSTORE_ID_TOKEN }) =>
  Boolean(ACTIONS_ID_TOKEN_REQUEST_URL || SIGSTORE_ID_TOKEN);

/** What a dry run prints: the packages, their sizes, and where they would go. */
export async function planOf(registry, env = process.env) {
  const folder = mkdtempSync(join(tmpdir(), "petl-release-"));
  try {
    const tarballs = await packAll(folder);
    const rows = tarballs.map(({ name, manifest, bytes, contents }) => ({
      name: `${name}@${manifest.version}`,
      files: contents.size,
      packed: bytes.byteLength,
      unpacked: [...contents.values()].reduce((sum, data) => sum + data.byteLength, 0),
    }));
    const lines = rows.map(
      ({ name, files, packed, unpacked }) =>
        `  ${name.padEnd(34)} ${String(files).padStart(4)} files ${kilobytes(packed)} packed ${kilobytes(unpacked)} unpacked`,
    );
    const total = (field) => rows.reduce((sum, row) => sum + row[field], 0);
    return [
      `to ${registry}, ${canProve(env) ? "with" : "without"} provenance; ${programName} last:`,
      ...lines,
      `${rows.length} packages, ${kilobytes(total("packed")).trim()} packed, ${kilobytes(total("unpacked")).trim()} unpacked; those that the registry has are left out`,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1).padStart(9)} kB`;

/** Runs all static checks; throws where one fails. */
function runCheck() {
  const { status } = spawnSync(process.execPath, [join(repositoryRoot, "scripts", "check.mjs")], { stdio: "inherit" });
  if (status !== 0) throw new Error("release: expected all checks to pass; see above");
}

async function main() {
  const { values } = parseArgs({
    options: {
      "dry-run": { type: "boolean" },
      registry: { type: "string" },
      tag: { type: "string" },
      otp: { type: "string" },
      "no-git-checks": { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const registry = values.registry ?? runPnpm(["config", "get", "registry"]).trim();
  if (values["dry-run"]) return console.log(await planOf(registry));
  runCheck();
  const parameters = [
    ...(values.tag === undefined ? [] : ["--tag", values.tag]),
    ...(values.otp === undefined ? [] : ["--otp", values.otp]),
    ...(values["no-git-checks"] ? ["--no-git-checks"] : []),
    ...(canProve(process.env) ? ["--provenance"] : []),
  ];
  console.log(publishAll({ registry, parameters }));
  console.log("published; tag the commit v and its version, and push the tag");
}

if (isProgram(import.meta.url))
  try {
    await main();
  } catch (error) {
    console.error(`error: ${error.message}${error.code?.startsWith("ERR_PARSE_ARGS") ? `\n${usage}` : ""}`);
    process.exitCode = error.code?.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
  }
