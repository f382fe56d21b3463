import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package.json as an object; undefined where there is none or it is broken. */
export function readManifest(directory: string): Readonly<Record<string, unknown>> | undefined {
  const manifest = parsed(directory);
  return typeof manifest === "object" ? manifest : undefined;
}

/** Whether there is a package.json that is not a JSON object. */
export const isManifestBroken = (directory: string): boolean => parsed(directory) === "broken";

/** A directory and all those above it, nearest first. */
export function ancestors(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...ancestors(parent)];
}

function parsed(directory: string): Record<string, unknown> | "broken" | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : "broken";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : "broken";
  }
}
