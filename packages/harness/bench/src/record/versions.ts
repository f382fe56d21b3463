import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Found, packageOf } from "../resolve/packages.js";

const known = new Map<string, Record<string, string>>();

/** Version by name of a module's package and of what it depends on, as installed. */
export function versionsOf({ url }: Pick<Found, "url">): Record<string, string> {
  const cached = known.get(url);
  if (cached !== undefined) return cached;
  const owner = packageOf(url);
  const versions: Record<string, string> = {};
  if (owner !== undefined) {
    versions[owner.name] = owner.version ?? "unknown";
    const manifest = readManifest(owner.directory);
    for (const name of Object.keys(manifest?.dependencies ?? {})) {
      const version = installedVersion(name, owner.directory);
      if (version !== undefined) versions[name] = version;
    }
  }
  known.set(url, versions);
  return versions;
}

function installedVersion(name: string, from: string): string | undefined {
  const manifest = readManifest(join(from, "node_modules", name));
  const parent = dirname(from);
  return manifest?.version ?? (parent === from ? undefined : installedVersion(name, parent));
}

function readManifest(directory: string): { version?: string; dependencies?: Record<string, string> } | undefined {
  const file = join(directory, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
