// Writes one archive that runs on a Linux x64 machine without network and Node: Node, the built packages, their dependencies,
// and a chosen backbone and data. See docs/gpu-hosts.md.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { tracedFiles } from "./pack-offline/trace.mjs";
import { isProgram, programName, readWorkspace, repositoryRoot } from "./workspace.mjs";

const usage = `usage: pnpm pack:offline [--lean] [--out FILE] [--backbone DIR]... [--data DIR]
  --lean           only what a run on WebGPU needs: no CPU device, no data (default: both devices)
  --out FILE       the archive (default: reports/petl-bench-linux-x64[-lean].tar.gz)
  --backbone DIR   a checkpoint's directory, repeatable; there: --backbone backbones/NAME (random ones are always included)
  --data DIR       data in GLUE's layout, which --data auto finds there (the built-in sample is always included)`;

/** Packages that a run does not load, and a device whose TensorFlow (1 to 6 GB) is too large for an archive. */
const left = new Set([programName, "@petl/method-testkit", "@petl/pretrain", "@petl/device-node"]);
/** Devices that a lean archive leaves out. */
const leanDevices = new Set(["@petl/device-cpu"]);
/** The parts of a package that are not source. */
const parts = [
  "package.json",
  "dist",
  "templates",
  "presets",
  "checkpoint",
  ...["gpu-day", "peers", "roofline", "random-model.mjs"],
];
/** The Vulkan loader, which WebGPU needs and hosts without a desktop lack. */
export const vulkanLoaders = ["/usr/lib/x86_64-linux-gnu/libvulkan.so.1", "/usr/lib64/libvulkan.so.1"];

const launcher = `#!/bin/sh
# Runs petl-bench with the files beside this one; the system's Vulkan loader, if there is one, goes first.
# It needs only a shell.
case "$0" in
  */*) here=$(CDPATH= cd -- "\${0%/*}" && pwd) ;;
  *) echo "petl-bench: run it by its path, such as ./petl-bench" >&2; exit 2 ;;
esac
{ ldconfig -p | grep -q 'libvulkan[.]so[.]1 '; } 2>/dev/null || export LD_LIBRARY_PATH="\${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$here/lib"
[ -d "$here/cache" ] && export PETL_CACHE="\${PETL_CACHE:-$here/cache}"
case "$1" in
  node) shift; exec "$here/node" "$@" ;;
esac
exec "$here/node" "$here/packages/harness/cli/dist/main.js" "$@"
`;

/**
 * Packs and returns the archive's path, its bytes, and what was missing here and so is missing there.
 *
 * @param {{ lean?: boolean, out?: string, backbones?: readonly string[], data?: string, root?: string }} wanted
 */
export async function packOffline({ lean = false, out, backbones = [], data, root = repositoryRoot }) {
  const name = `petl-bench-linux-x64${lean ? "-lean" : ""}`;
  const archive = resolve(out ?? join(root, "reports", `${name}.tar.gz`));
  const packages = readWorkspace(root).filter(
    ({ manifest: { name } }) => !left.has(name) && !(lean && leanDevices.has(name)),
  );
  const staging = mkdtempSync(join(tmpdir(), "petl-pack-"));
  try {
    const bundle = join(staging, "petl-bench");
    mkdirSync(join(bundle, "lib"), { recursive: true });
    for (const { path } of packages)
      for (const part of parts) copy(join(root, path, part), join(bundle, path, part), isRunnable);
    linkPackages(bundle, packages);
    for (const { from, to } of await tracedFiles(root, packages)) copy(join(root, from), join(bundle, to), isRunnable);
    for (const file of ["pnpm-workspace.yaml", "LICENSE", "README.md"]) copy(join(root, file), join(bundle, file));
    copy(process.execPath, join(bundle, "node"));
    writeFileSync(join(bundle, "petl-bench"), launcher);
    for (const file of ["node", "petl-bench"]) chmodSync(join(bundle, file), 0o755);
    writeFileSync(
      join(bundle, "bundle.json"),
      `${JSON.stringify({ ...commitOf(root), node: process.version, lean }, null, 2)}\n`,
    );
    const missing = [];
    const loader = vulkanLoaders.find((file) => existsSync(file));
    if (loader === undefined)
      missing.push("the Vulkan loader libvulkan.so.1 (Debian: libvulkan1): the host must have it");
    else cpSync(loader, join(bundle, "lib", "libvulkan.so.1"), { dereference: true });
    for (const backbone of backbones) copy(resolve(backbone), join(bundle, "backbones", basename(resolve(backbone))));
    if (data !== undefined) copy(resolve(data), join(bundle, "cache", "glue"));
    mkdirSync(dirname(archive), { recursive: true });
    execFileSync("tar", ["-C", staging, "-cf", archive, "-I", "gzip", "petl-bench"]);
    return { archive, bytes: statSync(archive).size, missing };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Links the packages below `node_modules`, so that they find each other as in any installation. */
function linkPackages(bundle, packages) {
  for (const { path, manifest } of packages) {
    const link = join(bundle, "node_modules", manifest.name);
    mkdirSync(dirname(link), { recursive: true });
    execFileSync("ln", ["-s", join("..", "..", path), link]);
  }
}

/** Type declarations and source maps are not needed to run. */
const isRunnable = (file) => !/\.(d\.[cm]?ts|map)$/.test(file);

function copy(from, to, filter = () => true) {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: true, filter });
}

/** The packed commit, for the records made there; null outside a checkout. */
function commitOf(root) {
  const git = (...args) =>
    execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return { commit: git("rev-parse", "HEAD"), dirty: git("status", "--porcelain") !== "" };
  } catch {
    return { commit: null, dirty: null };
  }
}

if (isProgram(import.meta.url)) {
  try {
    const { values } = parseArgs({
      options: {
        lean: { type: "boolean" },
        out: { type: "string" },
        backbone: { type: "string", multiple: true },
        data: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) console.log(usage);
    else {
      for (const directory of [...(values.backbone ?? []), ...(values.data === undefined ? [] : [values.data])])
        if (!existsSync(directory)) throw new Error(`${directory}: expected a directory, got none`);
      if (process.platform !== "linux" || process.arch !== "x64")
        throw new Error(`expected to run on linux x64, whose Node is packed, got ${process.platform} ${process.arch}`);
      const { lean, out, backbone, data } = values;
      const { archive, bytes, missing } = await packOffline({ lean, out, backbones: backbone, data });
      for (const what of missing) console.error(`warning: not packed: ${what}`);
      console.log(
        `${archive}: ${(bytes / 1e6).toFixed(1)} MB. There: tar -xzf ${basename(archive)} && petl-bench/petl-bench doctor`,
      );
    }
  } catch (error) {
    console.error(`error: ${error.message}\n${usage}`);
    process.exitCode = 2;
  }
}
