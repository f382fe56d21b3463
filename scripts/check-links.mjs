// Relative links of every Markdown file lead to a file or folder, and their anchors to a heading of it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { lineOf } from "./source-text.mjs";
import { runAsProgram } from "./workspace.mjs";

/** Folders of installed, built or expected files, wherever they are. */
const notSources = new Set(["node_modules", "dist", "native", "test"]);
/** Folders that commands write and git ignores. */
const outputs = /^(coverage|docs\/api|reports\/[^/]+)$/;

/** All broken links below `root`, one line each: file and line, the rule, the link. */
export function checkLinks(root) {
  const anchors = new Map();
  const anchorsOf = (file) => {
    if (!anchors.has(file)) anchors.set(file, headingAnchors(readFileSync(file, "utf8")));
    return anchors.get(file);
  };
  return markdownFiles(root, root).flatMap((file) =>
    relativeLinks(readFileSync(file, "utf8")).flatMap(({ link, line }) => {
      const [path, anchor] = link.split("#").map(decodeURIComponent);
      const target = path === "" ? file : join(dirname(file), path);
      const where = `${relative(root, file)}:${line}`;
      if (!existsSync(target)) return [`${where}: broken-link: ${link}: no such file or folder`];
      if (!anchor || !target.endsWith(".md") || anchorsOf(target).has(anchor)) return [];
      return [`${where}: broken-link: ${link}: no heading of ${relative(root, target)} has this anchor`];
    }),
  );
}

/** All Markdown files below `directory` that are part of the repository. */
function markdownFiles(root, directory) {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && !notSources.has(name))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory())
        return outputs.test(relative(root, path).replaceAll("\\", "/")) ? [] : markdownFiles(root, path);
      return entry.isFile() && entry.name.endsWith(".md") ? [path] : [];
    })
    .sort();
}

/** Links and images within the repository, as `{ link, line }`. */
function relativeLinks(text) {
  const links = /\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^ {0,3}\[[^\]]+\]:\s+(\S+)/gm;
  return [...withoutCode(text).matchAll(links)]
    .map((match) => ({ link: match[1] ?? match[2], line: lineOf(text, match.index) }))
    .filter(({ link }) => !/^[a-z][a-z0-9+.-]*:|^\//i.test(link));
}

/** The anchor that GitHub gives to a heading's text: lower case, hyphens for blanks. */
export function anchorOf(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** The anchors of all headings, with a number where one repeats. */
function headingAnchors(text) {
  const seen = new Map();
  const anchors = [...withoutCode(text, false).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading]) => {
    const slug = anchorOf(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1"));
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  return new Set([...anchors, ...[...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id]) => id)]);
}

/** The text with fenced blocks and, if `spans`, code spans replaced by blanks; offsets and lines do not change. */
function withoutCode(text, spans = true) {
  const blank = (piece) => piece.replace(/[^\n]/g, " ");
  const unfenced = text.replace(/^( *)(`{3,}|~{3,})[\s\S]*?^\1\2[`~]*$/gm, blank);
  return spans ? unfenced.replace(/(`+)(?:(?!`)[^\n]|\n(?!\n))+?\1(?!`)/g, blank) : unfenced;
}

runAsProgram(import.meta.url, checkLinks);
