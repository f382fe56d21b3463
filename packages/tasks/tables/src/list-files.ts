import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { quoteAll, TableError, unreadable } from "./errors.js";
import { endings, formatOf } from "./format.js";

/** Files that lie beside data and hold no rows. */
const beside = /^(\.|readme|license|dataset_infos?\.json$)/i;

/** Names in a folder by kind, in the order of their characters; hidden files, README, LICENSE and dataset_info.json left out. */
export function listFolder(folder: string): { tables: string[]; folders: string[]; others: string[] } {
  const list = { tables: [] as string[], folders: [] as string[], others: [] as string[] };
  for (const name of readFolder(folder).sort()) {
    if (beside.test(name)) continue;
    const isFolder = statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true;
    (isFolder ? list.folders : formatOf(name) ? list.tables : list.others).push(name);
  }
  return list;
}

/**
 * The files of a folder that holds one table, in the order of their names.
 * @throws {TableError} `E_TABLE_MISSING`, `E_TABLE_UNREADABLE`, `E_TABLE_FORMAT`
 */
export function filesOfFolder(folder: string): string[] {
  const { tables, folders, others } = listFolder(folder);
  const strange = [...folders, ...others];
  if (strange.length > 0 || tables.length === 0) {
    throw new TableError("E_TABLE_FORMAT", "the folder is no table", {
      file: folder,
      expected: `files of one format (${endings})`,
      got: strange.length > 0 ? quoteAll(strange) : "none",
      remedy: "pass one file, or a folder with the shards of one table alone",
    });
  }
  const paths = tables.map((name) => join(folder, name));
  checkShards(paths, folder);
  return paths;
}

/** Refuses files of several formats, and shards `...-00000-of-00002` of which some are missing. @throws {TableError} */
export function checkShards(paths: readonly string[], file: string): void {
  const formats = new Set(paths.map((path) => formatOf(path)?.name ?? "an unknown format"));
  if (formats.size > 1) {
    const got = [...formats].join(" and ");
    const details = { file, expected: "one", got, remedy: "keep the files of one format" };
    throw new TableError("E_TABLE_FORMAT", "the files of a table have several formats", details);
  }
  const sets = new Map<string, { total: number; found: Set<number> }>();
  for (const path of paths) {
    const [, stem, number, total] = /^(.*?)-(\d{5})-of-(\d{5})\./.exec(basename(path)) ?? [];
    if (total === undefined) continue;
    const set = sets.get(`${stem} ${total}`) ?? { total: Number(total), found: new Set() };
    sets.set(`${stem} ${total}`, set);
    set.found.add(Number(number));
  }
  for (const { total, found } of sets.values()) {
    if (found.size === total) continue;
    const [expected, got] = [`${total} files`, `${found.size}`];
    throw new TableError("E_TABLE_MISSING", "shards are missing", { file, expected, got, remedy: "copy all of them" });
  }
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}
