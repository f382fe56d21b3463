// Tells whether the built files are current without starting turbo: a digest over the path, size and time of every file involved.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { readWorkspace } from "./workspace.mjs";

const rootFiles = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "tsconfig.base.json", "turbo.json"];
const notSources = new Set(["dist", "node_modules", "test", ".turbo"]);
const stampFile = (root) => join(root, "node_modules", ".cache", "petl-build.json");

/** Digest of everything a build reads: the sources of all packages, the files at the root that matter, and Node's major version. */
export function sourcesDigest(root) {
  const packages = readWorkspace(root).map(({ path }) => join(root, path));
  const digest = createHash("sha256").update(`node ${process.versions.node.split(".")[0]}\n`);
  for (const name of rootFiles) addFile(digest, root, join(root, name));
  for (const folder of packages) addFolder(digest, root, folder, notSources);
  return digest.digest("hex");
}

/** Digest of everything a build wrote: a file below a `dist/` that is missing, added or altered changes it. */
export function outputsDigest(root) {
  const digest = createHash("sha256");
  for (const { path } of readWorkspace(root)) addFolder(digest, root, join(root, path, "dist"), new Set());
  return digest.digest("hex");
}

/** The stamp of the last build as `{ sources, outputs }`, or null where there is none. */
export function readStamp(root) {
  try {
    return JSON.parse(readFileSync(stampFile(root), "utf8"));
  } catch {
    return null; // no stamp or half a stamp: build
  }
}

/** Keeps a stamp, whole or not at all. */
export function writeStamp(root, stamp) {
  const file = stampFile(root);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(stamp));
  renameSync(`${file}.${process.pid}`, file);
}

/** Whether the last build read these sources and wrote these files. */
export function isCurrent(root) {
  const stamp = readStamp(root);
  return stamp !== null && stamp.sources === sourcesDigest(root) && stamp.outputs === outputsDigest(root);
}

function addFolder(digest, root, folder, skipped) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    digest.update(`${relative(root, folder)} missing\n`);
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (skipped.has(entry.name) || entry.name.endsWith(".tsbuildinfo")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(digest, root, path, skipped);
    else addFile(digest, root, path);
  }
}

function addFile(digest, root, path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  digest.update(`${relative(root, path)} ${stat ? `${stat.size} ${stat.mtimeMs}` : "missing"}\n`);
}
