import { existsSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** Markdown files that are no pages: not about the project, or written by commands, tests and templates. */
export const notPages = [
  ...[".changeset/**", ".github/**", "reports/*/**", "coverage/**"],
  ...["**/node_modules/**", "**/dist/**", "**/test/**", "**/templates/**"],
];

/**
 * Where a page stands in the site: at the path that it has in the repository. A README is its folder's index, and so is a page
 * beside an HTML file of its name, which keeps that name.
 *
 * @param {string} root of the repository
 * @param {string} path of a Markdown file, relative to `root`, with slashes
 */
export function placeOf(root, path) {
  const isIndex = posix.basename(path) === "README.md" || existsSync(join(root, path.replace(/\.md$/, ".html")));
  return isIndex ? posix.join(dirname(path), "index.md") : path;
}

/** The address of a page from the site's root, without an ending: `/docs/tasks`, `/docs/`. */
export function addressOf(root, path) {
  return `/${placeOf(root, path).replace(/(^|(?<=\/))index\.md$|\.md$/, "")}`;
}
