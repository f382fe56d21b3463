// Links that work in the repository work in the site: what is a page leads to it, the rest to the file or to the git host.
import { existsSync, statSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { projectUrl } from "../workspace.mjs";
import { placeOf } from "./pages.mjs";

/** Files below this folder are part of the site where a page links to them; others are shown by the git host. */
const published = "docs/";

/**
 * Makes a markdown-it plugin of the links of one repository.
 *
 * @param {string} root of the repository
 * @param {{ isPage: (path: string) => boolean, files: Set<string> }} site which Markdown files are pages; `files` receives the
 *   other files that pages link to and that the site must hold; paths are relative to `root`, with slashes
 * @throws Error from the plugin, if a link leads to no file or folder
 */
export function siteLinks(root, site) {
  const rewrite = (token, env) => {
    const page = relative(root, env.realPath ?? env.path).replaceAll("\\", "/");
    const link = token.attrGet("href");
    if (link === null || /^([a-z][a-z0-9+.-]*:|#|\/)/i.test(link)) return;
    const { href, file } = targetOf(root, page, link, site.isPage);
    token.attrSet("href", href);
    if (file === undefined) return;
    site.files.add(file);
    token.attrSet("target", "_self"); // not a page that the site's script could show
  };
  return (md) =>
    md.core.ruler.push("site_links", ({ tokens, env }) => {
      for (const { children } of tokens)
        for (const token of children ?? []) if (token.type === "link_open") rewrite(token, env);
    });
}

/**
 * Where a relative link of a page leads in the site, and the file to publish with it, if it is one.
 *
 * @param {string} root of the repository
 * @param {string} page the path of the page that has the link, relative to `root`
 * @param {string} link
 * @param {(path: string) => boolean} isPage
 * @returns {{ href: string, file?: string }}
 * @throws Error if there is nothing at the link's path
 */
export function targetOf(root, page, link, isPage) {
  const [address, anchor] = link.split("#");
  const hash = anchor === undefined ? "" : `#${anchor}`;
  const path = posix.join(dirname(page), decodeURIComponent(address)).replace(/\/$/, "");
  if (path.startsWith("..") || !existsSync(join(root, path)))
    throw new Error(`site: ${page}: expected the link ${link} to lead to a file or folder, found none at ${path}`);
  const isFolder = statSync(join(root, path)).isDirectory();
  const target = isFolder ? posix.join(path, "README.md") : path;
  if (isPage(target)) return { href: encodeURI(`/${placeOf(root, target)}`) + hash };
  if (!isFolder && path.startsWith(published)) return { href: encodeURI(`/${path}`) + hash, file: path };
  return { href: encodeURI(`${projectUrl}/${isFolder ? "tree" : "blob"}/main/${path}`) + hash };
}
