import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Removes from a package's `dist` what was compiled from sources that are gone: the compiler and the build's cache leave it there. */
export function pruneStale(directory) {
  const dist = join(directory, "dist");
  if (!existsSync(dist)) return;
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith(".js.map")) continue;
    const map = join(entry.parentPath, entry.name);
    const { sources } = JSON.parse(readFileSync(map, "utf8"));
    if (sources.length !== 1 || existsSync(resolve(dirname(map), sources[0]))) continue;
    const compiled = map.slice(0, -".js.map".length);
    for (const ending of [".js", ".js.map", ".d.ts", ".d.ts.map"]) rmSync(compiled + ending, { force: true });
  }
}
