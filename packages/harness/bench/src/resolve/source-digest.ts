import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, relative, resolve as resolvePath, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "import-meta-resolve";
import { packageOf } from "./packages.js";

/** A relative path, a `#name` or a package's name between quotes, wherever it is in a source. */
const quoted = /(["'`])((?:\.{1,2}\/|#|@?[a-z0-9])[^"'`\n\r$\\]*)\1/g;
/** What `require` and bundlers add to a path. */
const endings = ["", ".js", ".mjs", ".cjs", ".ts", ".json", "/index.js", "/index.cjs"];
const script = /\.[cm]?[jt]s$/;

/**
 * SHA-256 of a module's source: the module and every file that it reaches by relative paths, within a package also by the
 * package's own `imports` and name. It depends on the files' contents and on where they lie relative to the module, not on times
 * or on where the module is.
 *
 * Every quoted relative path counts that leads to a file, so that `import`, `require`, `new URL` and data read at run time are all
 * covered. Not covered: other packages, which a record lists by version, and paths that a program puts together.
 */
export function sourceDigest(url: string): string {
  const main = realpathSync(fileURLToPath(url));
  const files = new Map<string, Buffer>();
  const waiting = [main];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const content = readFileSync(file);
    files.set(file, content);
    if (script.test(file)) waiting.push(...reachedFrom(file, content.toString("utf8")));
  }
  const named = [...files].map(
    ([file, content]) => [relative(dirname(main), file).split(sep).join("/"), content] as const,
  );
  const hash = createHash("sha256");
  for (const [name, content] of named.sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${JSON.stringify(name)} ${content.length}\n`).update(content);
  return hash.digest("hex");
}

function reachedFrom(file: string, source: string): string[] {
  const owner = packageOf(pathToFileURL(file).href);
  const found = new Set<string>();
  for (const [, , path] of source.matchAll(quoted)) {
    const reached = path!.startsWith(".") ? besides(file, path!) : inPackage(file, path!, owner);
    if (reached !== undefined) found.add(reached);
  }
  return [...found];
}

function besides(file: string, path: string): string | undefined {
  const base = resolvePath(dirname(file), path.replace(/[?#].*$/, ""));
  return endings.map((ending) => regularFile(base + ending)).find((each) => each !== undefined);
}

/** What a package's `imports` or its own name lead to, if it is of the same package. */
function inPackage(file: string, specifier: string, owner: ReturnType<typeof packageOf>): string | undefined {
  if (owner === undefined) return undefined;
  if (!specifier.startsWith("#") && specifier !== owner.name && !specifier.startsWith(`${owner.name}/`))
    return undefined;
  try {
    const reached = regularFile(fileURLToPath(resolve(specifier, pathToFileURL(file).href)));
    return reached?.startsWith(realpathSync(owner.directory) + sep) ? reached : undefined;
  } catch {
    return undefined; // a text that is no specifier
  }
}

function regularFile(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? realpathSync(path) : undefined;
  } catch {
    return undefined;
  }
}
