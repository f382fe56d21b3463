import type { ListedBlob } from "../download-blob.js";

/** Files of each split, in order. */
export type Splits = ReadonlyMap<string, readonly ListedBlob[]>;

/** Splits by configuration. */
export type DatasetLayout = ReadonlyMap<string, Splits>;

interface Place {
  readonly config: string;
  readonly split: string;
  /** Number of files that the name says the split has; undefined where it does not say. */
  readonly parts: number | undefined;
  /** Whether it is of a conversion that stopped after the first gigabytes. */
  readonly isPartial: boolean;
}

/**
 * Splits of a repository's parquet files, told from their paths: `CONFIG/SPLIT/0000.parquet` of the hub's conversion,
 * `CONFIG/SPLIT-00000-of-00002.parquet` (older ones with a hash at the end) and `CONFIG/SPLIT.parquet`. At the top, or in `data`, the
 * configuration is `default`.
 */
export function layoutOf(files: readonly ListedBlob[]): DatasetLayout {
  const layout = new Map<string, Map<string, ListedBlob[]>>();
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!file.path.endsWith(".parquet")) continue;
    const { config, split } = placeOf(file.path);
    const splits = layout.get(config) ?? new Map<string, ListedBlob[]>();
    layout.set(config, splits.set(split, [...(splits.get(split) ?? []), file]));
  }
  return layout;
}

/** What a configuration lacks according to its files' names, in words; undefined where nothing. */
export function gapIn(splits: Splits): string | undefined {
  for (const [split, files] of splits) {
    const places = files.map(({ path }) => placeOf(path));
    if (places.some(({ isPartial }) => isPartial)) return `only the beginning of ${split.slice("partial-".length)}`;
    const wrong = places.find(({ parts }) => parts !== undefined && parts !== files.length);
    if (wrong !== undefined) return `${files.length} of ${wrong.parts} files of ${split}`;
  }
  return undefined;
}

function placeOf(path: string): Place {
  const folders = path.split("/");
  const stem = folders.pop()!.slice(0, -".parquet".length);
  const [, ofParts, parts] = /^(.+)-\d{5}-of-(\d{5})(?:-[0-9a-f]{16})?$/.exec(stem) ?? [];
  const isNumbered = /^\d+$/.test(stem) && folders.length > 0;
  const split = isNumbered ? folders.pop()! : (ofParts ?? stem);
  if (folders[0] === "data") folders.shift();
  return {
    config: folders.join("/") || "default",
    split,
    parts: parts === undefined ? undefined : Number(parts),
    isPartial: isNumbered && split.startsWith("partial-"),
  };
}
