import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { repositoryRoot } from "../workspace.mjs";

/** A site on disk, as any server would hand it out. */
export interface BuiltSite {
  readonly folder: string;
  /** Every HTML page, relative to the folder, with slashes. */
  readonly pages: readonly string[];
  text(page: string): string;
  remove(): void;
}

/** Builds the documentation of this repository as `pnpm site:build` does. Throws with what it printed, if it fails. */
export function buildSite(): BuiltSite {
  const folder = mkdtempSync(join(tmpdir(), "petl-site-"));
  const program = join(repositoryRoot, "scripts", "site.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "build", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`site:build ended with ${status}\n${stdout}\n${stderr}`);
  return {
    folder,
    pages: readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => path.endsWith(".html")),
    text: (page) => readFileSync(join(folder, page), "utf8"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Values of an attribute in a page, with entities of addresses decoded. */
export const attributes = (html: string, tag: string, name: string): string[] =>
  [...html.matchAll(new RegExp(`<${tag}\\b[^>]*?\\s${name}="([^"]*)"`, "g"))].map(([, value]) =>
    value!.replaceAll("&amp;", "&"),
  );

/** Links of a page to others of the site, or to places in them, that lead nowhere. */
export function deadLinks(site: BuiltSite, page: string, idsOf: (page: string) => ReadonlySet<string>): string[] {
  return attributes(site.text(page), "a", "href").filter((href) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return false;
    const [address, anchor] = href.split("#").map(decodeURIComponent) as [string, string?];
    const path = address === "" ? page : posix.join(posix.dirname(page), address);
    const file = path.endsWith("/") || path === "." ? posix.join(path, "index.html") : path;
    if (!existsSync(join(site.folder, file)) || !statSync(join(site.folder, file)).isFile()) return true;
    return Boolean(anchor) && file.endsWith(".html") && !idsOf(file).has(anchor!);
  });
}
