import type { LoadedBackbone } from "@petl/backbone";
import type { RunIdentity } from "@petl/results";
import type { Split } from "@petl/task";
import { BenchError } from "../errors.js";
import { sourceDigest } from "../resolve/source-digest.js";

/** Checks that the method imported from a URL is the one that was planned. @throws BenchError E_CHANGED */
export function compareMethod({ method: { packageName, sha256 } }: RunIdentity, url: string): void {
  const found = sourceDigest(url);
  if (found !== sha256) throw changed(`method ${packageName}`, "its source", sha256, found);
}

/**
 * Checks that a backbone is the one that was planned: its commit, the digest of every file, and the parameters as loaded where
 * those are known. @throws BenchError E_CHANGED
 */
export function compareBackbone(
  { backbone }: RunIdentity,
  { source, files }: Pick<LoadedBackbone, "source" | "files">,
  paramsSha256: string | null,
): void {
  const who = `backbone ${backbone.reference}`;
  if (backbone.revision !== source.revision)
    throw changed(who, "its commit", backbone.revision ?? "none", source.revision ?? "none");
  for (const name of new Set([...(backbone.files ?? files), ...files].map((file) => file.name))) {
    const [planned, found] = [backbone.files ?? files, files].map(
      (list) => list.find((file) => file.name === name)?.sha256,
    );
    if (planned !== found) throw changed(who, name, planned ?? "no such file", found ?? "no such file");
  }
  if (backbone.paramsSha256 !== null && paramsSha256 !== null && backbone.paramsSha256 !== paramsSha256)
    throw changed(
      who,
      "its parameters",
      backbone.paramsSha256,
      paramsSha256,
      "run it with --verify, or with another --out",
    );
}

/** Checks that the data read are those that were planned. @throws BenchError E_CHANGED */
export function compareData(planned: RunIdentity["data"], splits: readonly Split[]): void {
  const read = new Map(splits.map(({ name, file }) => [name as string, file]));
  for (const { name, sha256 } of planned) {
    const file = read.get(name);
    if (file?.sha256 !== sha256) throw changed("data", file?.path ?? name, sha256, file?.sha256 ?? "no such split");
  }
}

function changed(
  who: string,
  what: string,
  planned: string,
  found: string,
  remedy = "run the same command again",
): BenchError {
  const short = (text: string): string => (/^[0-9a-f]{40,}$/.test(text) ? `${text.slice(0, 12)}…` : text);
  return new BenchError(
    "E_CHANGED",
    `${who}: expected ${what} as planned (${short(planned)}), got ${short(found)}: it changed after the plan was made; ${remedy}`,
  );
}
