// Within a package, folders import each other in one direction: no circle between folders or files.
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { importedFiles } from "./source-text.mjs";
import { readSources, readWorkspace, runAsProgram } from "./workspace.mjs";

/** All circles below `root`, one line each: the package, the circle, and one import for each of its arrows. */
export function checkCircles(root) {
  return readWorkspace(root).flatMap((item) => {
    const source = join(item.path, "src");
    const arrows = readSources(root, item.path).flatMap(({ path, text }) =>
      importedFiles(text).map((specifier) => ({ from: path, to: resolveSource(root, path, specifier) })),
    );
    const between = (nodeOf) =>
      circles(arrows.map(({ from, to }) => ({ from: nodeOf(from), to: nodeOf(to), file: from })));
    // a file directly below src counts as a folder: the index imports everything, and everything imports an errors file
    const roomOf = (file) => (dirname(file) === source ? file : dirname(file));
    const name = (node) => relative(source, node);
    return [...between(roomOf), ...between((file) => file)].map(
      (arrows) =>
        `${source}: no-circle: ${[...arrows, arrows[0]].map(({ from }) => name(from)).join(" -> ")}: ` +
        `move what they share to a leaf (${arrows.map(({ file, to }) => `${name(file)} imports ${name(to)}`).join("; ")})`,
    );
  });
}

function resolveSource(root, from, specifier) {
  const path = join(dirname(from), specifier);
  const candidates = [path.replace(/\.js$/, ".ts"), path];
  return candidates.find((each) => existsSync(join(root, each))) ?? path;
}

/** One circle, as its arrows, for each group of nodes that reach each other. */
function circles(arrows) {
  const outgoing = new Map();
  for (const arrow of arrows) {
    if (arrow.from === arrow.to) continue;
    const known = outgoing.get(arrow.from) ?? new Map();
    if (!known.has(arrow.to)) known.set(arrow.to, arrow);
    outgoing.set(arrow.from, known);
  }
  const found = [];
  const inCircle = new Set();
  for (const start of [...outgoing.keys()].sort()) {
    if (inCircle.has(start)) continue;
    const circle = shortestWayBack(start, outgoing);
    if (circle === undefined) continue;
    for (const { from } of circle) inCircle.add(from);
    found.push(circle);
  }
  return found;
}

/** The fewest arrows that lead from `start` back to it. */
function shortestWayBack(start, outgoing) {
  const ways = [[]];
  const seen = new Set();
  for (const way of ways) {
    for (const arrow of outgoing.get(way.at(-1)?.to ?? start)?.values() ?? []) {
      if (arrow.to === start) return [...way, arrow];
      if (seen.has(arrow.to)) continue;
      seen.add(arrow.to);
      ways.push([...way, arrow]);
    }
  }
  return undefined;
}

runAsProgram(import.meta.url, checkCircles);
