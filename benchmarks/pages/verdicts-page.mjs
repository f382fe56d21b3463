import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The page that has the verdicts of all result pages: for each its title, its question, and what its report says on top.
 *
 * @param {string} folder of the result pages
 * @param {Readonly<Record<string, { title: string, text: string }>>} pages by name; those not written yet, or without a verdict, are left out
 * @returns {string} Markdown
 */
export function verdictsPage(folder, pages) {
  const sections = Object.entries(pages).flatMap(([name, { title, text }]) => {
    const file = join(folder, `${name}.md`);
    const found = existsSync(file) ? verdicts(readFileSync(file, "utf8")) : [];
    return found.length === 0 ? [] : [[`## [${title}](${name}.md)`, text, found.join("\n")].join("\n\n")];
  });
  return `${["# Which method? What each comparison found", introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `Verdicts of the pages in this folder on which every method's learning rate was searched alike. Each holds for its checkpoint, its number of
rows and its tasks, and the page behind it says what to know before any figure. For your own data and model, one command gives such a
verdict: see [a fair comparison](../comparing.md). Written with each page, by \`pnpm result:page\`.`;

/** Each verdict of a page, under the name of its group where there are several. */
function verdicts(markdown) {
  let group = "";
  return markdown.split("\n").flatMap((line) => {
    const heading = /^## Group \d+: (.*)$/.exec(line);
    if (heading !== null) group = `**${heading[1]}:** `;
    const verdict = /^\*\*Verdict\.\*\* (.*)$/.exec(line);
    return verdict === null ? [] : [`- ${group}${verdict[1]}`];
  });
}
