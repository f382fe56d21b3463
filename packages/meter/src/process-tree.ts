import { readdir, readFile } from "node:fs/promises";

/** `pid` and all its descendants, from `<procRoot>/<pid>/stat`; only `pid` itself where there is no such folder. */
export async function processTree(pid: number, procRoot = "/proc"): Promise<ReadonlySet<number>> {
  const entries = await readdir(procRoot).catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const parents = await Promise.all(pids.map((each) => parentOf(each, procRoot)));
  const children = new Map<number, number[]>();
  for (const [index, parent] of parents.entries()) {
    const child = pids[index];
    if (parent === null || child === undefined) continue;
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const tree = new Set<number>([pid]);
  for (const member of tree) for (const child of children.get(member) ?? []) tree.add(child);
  return tree;
}

async function parentOf(pid: number, procRoot: string): Promise<number | null> {
  const stat = await readFile(`${procRoot}/${pid}/stat`, "utf8").catch(() => "");
  // "pid (command, may hold anything) state ppid ..."
  const parent = /^\S+ \S+/.exec(stat.slice(stat.lastIndexOf(")") + 2))?.[0].split(" ")[1];
  return parent === undefined ? null : Number(parent);
}
