import { readdirSync } from "node:fs";
import { readTextOrNull } from "@petl/files";

/**
 * `pid` and all its descendants; only `pid` itself where there is no `<procRoot>`.
 *
 * Reads `<procRoot>/<pid>/task/<thread>/children`, whose cost grows with the tree; on a kernel without that file, the parent of every
 * process. Reads of `/proc` are synchronous, as waiting for a thread costs more than reading.
 */
export function processTree(pid: number, procRoot = "/proc"): ReadonlySet<number> {
  const tree = new Set<number>([pid]);
  if (readTextOrNull(`${procRoot}/${pid}/task/${pid}/children`) === null) return scan(tree, procRoot);
  for (const member of tree) for (const child of childrenOf(member, procRoot)) tree.add(child);
  return tree;
}

function childrenOf(pid: number, procRoot: string): readonly number[] {
  return list(`${procRoot}/${pid}/task`).flatMap((thread) => {
    const text = readTextOrNull(`${procRoot}/${pid}/task/${thread}/children`)?.trim() ?? "";
    return text === "" ? [] : text.split(" ").map(Number);
  });
}

function scan(tree: Set<number>, procRoot: string): ReadonlySet<number> {
  const children = new Map<number, number[]>();
  for (const entry of list(procRoot)) {
    const parent = /^\d+$/.test(entry) ? parentOf(entry, procRoot) : null;
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  for (const member of tree) for (const child of children.get(member) ?? []) tree.add(child);
  return tree;
}

function parentOf(pid: string, procRoot: string): number | null {
  const stat = readTextOrNull(`${procRoot}/${pid}/stat`) ?? "";
  // "pid (command, may hold anything) state ppid ..."
  const parent = /^\S+ \S+/.exec(stat.slice(stat.lastIndexOf(")") + 2))?.[0].split(" ")[1];
  return parent === undefined ? null : Number(parent);
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
