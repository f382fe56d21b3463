import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unpack } from "@publint/pack";
import { programName, repositoryRoot } from "../workspace.mjs";
import { runPnpm } from "./pnpm.mjs";

/** The packages of the workspace that are published. */
export const publishedFilter = ["--filter", "./packages/*/*"];

/**
 * Packs every published package into `folder` as `pnpm publish` would, and reads the tarballs back, in order of name.
 *
 * @param {string} folder
 * @param {string} [root]
 */
export async function packAll(folder, root = repositoryRoot) {
  // apart, because the tarballs of @petl/bench and of petl-bench have one name
  const parts = { scoped: [...publishedFilter, "--filter", `!${programName}`], program: ["--filter", programName] };
  const tarballs = Object.entries(parts).flatMap(([part, filter]) => {
    const destination = join(folder, part);
    runPnpm(["--recursive", ...filter, "pack", "--pack-destination", destination], { root });
    const names = readdirSync(destination).filter((name) => name.endsWith(".tgz"));
    return names.map((name) => readTarball(join(destination, name)));
  });
  return (await Promise.all(tarballs)).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A tarball: its bytes, package.json, and the data of each file by its path in the package. */
async function readTarball(file) {
  const data = readFileSync(file);
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const { files, rootDir } = await unpack(bytes);
  const contents = new Map(files.map(({ name, data }) => [name.slice(rootDir.length + 1), data]));
  const manifest = JSON.parse(new TextDecoder().decode(contents.get("package.json")));
  return { name: manifest.name, bytes, manifest, contents };
}
