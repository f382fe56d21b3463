import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { importedSpecifiers } from "../source-text.mjs";

/** What npm takes along whatever `files` says. */
const always = new Set(["package.json", "README.md", "LICENSE"]);
const built = /^dist\/.+\.([cm]?js|d\.[cm]?ts|js\.map|wasm)$/;
const notForUsers =
  /(^|\/)(tests?|fixtures|src|__pycache__|node_modules)\/|\.(test|spec)\.|\.tsbuildinfo$|(^|\/)\.[^/]/;
/** How data sets come: none is ours to pass on. */
const tables = /\.(tsv|csv|jsonl|parquet|arrow|zip|gz)$/;

/**
 * What is wrong with the files and the package.json of a tarball, one line each.
 *
 * @param {{ name: string, manifest: Record<string, any>, contents: ReadonlyMap<string, Uint8Array> }} tarball
 * @param {string} directory of the package in the repository
 */
export function contentProblems({ name, manifest, contents }, directory) {
  const text = (path) => new TextDecoder().decode(contents.get(path));
  const problems = [
    ...[...always].filter((path) => !contents.has(path)).map((path) => `${path}: missing`),
    ...[...contents.keys()].flatMap((path) => placeProblem(path, manifest)),
    ...dependencyProblems(manifest),
    ...conditionProblems(manifest),
  ];
  for (const path of contents.keys()) {
    if (path.endsWith(".map")) problems.push(...mapProblems(path, JSON.parse(text(path)), directory));
    if (/\.[cm]?js$/.test(path)) problems.push(...linkProblem(path, text(path), contents));
    if (/\.d\.[cm]?ts$/.test(path)) problems.push(...typeProblems(path, text(path), manifest));
  }
  return problems.map((problem) => `${name}: ${problem}`);
}

function placeProblem(path, { files }) {
  if (always.has(path)) return [];
  if (notForUsers.test(path)) return [`${path}: expected only what users need, got a file of the checkout`];
  if (tables.test(path)) return [`${path}: expected no table and no archive, as data sets are not ours to pass on`];
  if (path.startsWith("dist/"))
    return built.test(path) ? [] : [`${path}: expected JavaScript, its types and maps, or WebAssembly in dist`];
  const isListed = files.some((entry) => path === entry || path.startsWith(`${entry}/`));
  return isListed ? [] : [`${path}: expected a file that "files" lists`];
}

function dependencyProblems(manifest) {
  const problems = manifest.devDependencies ? ["devDependencies: expected none in a published package.json"] : [];
  for (const kind of ["dependencies", "optionalDependencies", "peerDependencies"])
    for (const [dependency, range] of Object.entries(manifest[kind] ?? {}))
      if (!/^[\^~]?\d+\.\d+\.\d+/.test(range))
        problems.push(`${kind}["${dependency}"]: expected a version of a registry, got "${range}"`);
  return problems;
}

function conditionProblems({ exports }) {
  return Object.entries(exports ?? {}).flatMap(([entry, conditions]) =>
    Object.hasOwn(Object(conditions), "source")
      ? [`exports["${entry}"]: expected no condition "source", whose file is not published`]
      : [],
  );
}

/** A map holds its sources, because they are not in the tarball; each is one that the checkout still has. */
function mapProblems(path, { sources, sourcesContent = [] }, directory) {
  return sources.flatMap((source, index) => {
    if (typeof sourcesContent[index] !== "string") return [`${path}: expected the text of ${source} in it, got none`];
    if (existsSync(join(directory, dirname(path), source))) return [];
    return [`${path}: built of ${source}, which is gone; remove the package's dist and build again`];
  });
}

function linkProblem(path, code, contents) {
  const map = /^\/\/# sourceMappingURL=(?!data:)(.+)$/m.exec(code)?.[1];
  if (map === undefined || contents.has(join(dirname(path), map).replaceAll("\\", "/"))) return [];
  return [`${path}: expected its source map ${map}, which is not published`];
}

/** Types may name what an installation brings, and Node's own. */
function typeProblems(path, code, { name, dependencies, peerDependencies, optionalDependencies }) {
  const declared = new Set([name, ...Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })]);
  const referenced = [...code.matchAll(/^\/\/\/ <reference types="([^"]+)"/gm)].map(([, types]) => types);
  return [...importedSpecifiers(code).map(({ specifier }) => specifier), ...referenced]
    .filter((specifier) => !isBuiltin(specifier) && specifier !== "node")
    .map((specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"))
    .filter((dependency) => !declared.has(dependency))
    .map((dependency) => `${path}: its types need ${dependency}, which an installation does not bring`);
}
