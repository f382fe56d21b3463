import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { build, createServer } from "vitepress";
import { repositoryRoot } from "../workspace.mjs";

const folder = import.meta.dirname;

/**
 * Writes the site of the Markdown files below `sources` into `out`, in place of a site that is there; resolves to a line that says so.
 *
 * @param {string} out absolute
 * @throws Error at a link to nothing, or if `out` holds anything but a site
 */
export async function buildSite(out, sources = repositoryRoot) {
  const present = existsSync(out) ? readdirSync(out) : [];
  if (present.length > 0 && !present.includes("hashmap.json"))
    throw new Error(`expected ${out} to be empty, absent or a site that was built before, found ${present[0]} in it`);
  process.env.SITE_SOURCES = sources; // VitePress takes its configuration from a file alone
  await build(folder, {
    outDir: out,
    onAfterConfigResolve(config) {
      config.tempDir = join(folder, ".cache", `build-${process.pid}`); // two builds at a time do not meet
    },
  });
  return `wrote ${join(out, "index.html")}`;
}

/** Serves the site on this machine alone, and each change to a page at once; resolves to a line with its address. */
export async function serveSite() {
  process.env.SITE_SOURCES = repositoryRoot;
  const server = await createServer(folder);
  await server.listen();
  return `the site is at ${server.resolvedUrls.local[0]}; Ctrl-C ends it`;
}
